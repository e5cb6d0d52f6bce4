//! Pictures that are shown: decoded, turned upright, made smaller and encoded anew,
//! so that nothing is left in them but what is seen. What a camera wrote into a
//! photo, such as the place where it was taken, is gone.

use std::{io::Cursor, ops::Deref};

use domain::records::document::FileType;
use image::{
    DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, codecs::jpeg::JpegEncoder, imageops::FilterType,
};
use tokio::sync::Semaphore;

use crate::error::Failure;

/// The longest side of a picture that is opened, in pixels.
const LONGEST_SIDE: u32 = 20_000;
/// The most memory that an opened picture may take, in bytes: a file of some
/// kilobytes can claim to be as large as it likes.
const MOST_MEMORY: u64 = 256 * 1024 * 1024;
/// The longest side of a picture that is shown, in pixels.
const SHOWN_SIDE: u32 = 2_400;
/// How good a shown photo is, of 100.
const QUALITY: u8 = 85;

/// How many pictures are opened at the same time.
static OPENERS: Semaphore = Semaphore::const_new(2);

/// Encodes a picture anew, on a thread for blocking work. `None`: it is damaged, too
/// large to open, or no picture.
pub async fn encoded_anew(
    bytes: impl Deref<Target = Vec<u8>> + Send + 'static,
    file_type: FileType,
) -> Result<Option<Vec<u8>>, Failure> {
    let _one_of_few = OPENERS.acquire().await.map_err(|_| Failure::Busy)?;
    tokio::task::spawn_blocking(move || encode_anew(&bytes, file_type))
        .await
        .map_err(|error| Failure::Broken(error.to_string()))
}

/// Encodes a picture anew, as [`encoded_anew`] does.
fn encode_anew(bytes: &[u8], file_type: FileType) -> Option<Vec<u8>> {
    let format = match file_type {
        FileType::Jpeg => ImageFormat::Jpeg,
        FileType::Png => ImageFormat::Png,
        FileType::Pdf | FileType::Text | FileType::Docx => return None,
    };
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    if decoder.total_bytes() > MOST_MEMORY {
        return None;
    }
    let orientation = decoder.orientation().ok();
    let mut picture = DynamicImage::from_decoder(decoder).ok()?;
    if picture.width().max(picture.height()) > SHOWN_SIDE {
        picture = picture.resize(SHOWN_SIDE, SHOWN_SIDE, FilterType::Triangle);
    }
    if let Some(orientation) = orientation {
        picture.apply_orientation(orientation);
    }
    let mut made = Cursor::new(Vec::new());
    let encoded = if file_type == FileType::Jpeg {
        let encoder = JpegEncoder::new_with_quality(&mut made, QUALITY);
        DynamicImage::ImageRgb8(picture.into_rgb8()).write_with_encoder(encoder)
    } else {
        DynamicImage::ImageRgba8(picture.into_rgba8()).write_to(&mut made, ImageFormat::Png)
    };
    encoded.ok()?;
    Some(made.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(width, height).write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    /// A JPEG with an EXIF part: turned by a quarter, taken by a camera of this name.
    fn photo(camera: &str) -> Vec<u8> {
        let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0".to_vec();
        exif.extend_from_slice(camera.as_bytes());
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        let mut bytes = b"\xFF\xD8\xFF\xE1".to_vec();
        bytes.extend_from_slice(&length);
        bytes.extend_from_slice(&exif);
        bytes.extend_from_slice(&picture(8, 4, ImageFormat::Jpeg)[2..]);
        bytes
    }

    #[test]
    fn shown_photo_is_upright_and_tells_nothing_of_the_camera() {
        let taken = photo("CAMERA-OF-AMARA");
        let shown = encode_anew(&taken, FileType::Jpeg).unwrap();
        let opened = image::load_from_memory(&shown).unwrap();
        assert_eq!((opened.width(), opened.height()), (4, 8));
        assert!(!shown.windows(6).any(|window| window == b"CAMERA"));
        assert!(!shown.windows(4).any(|window| window == b"Exif"));
    }

    #[test]
    fn large_picture_is_made_smaller() {
        let shown = encode_anew(&picture(5_000, 100, ImageFormat::Png), FileType::Png).unwrap();
        assert_eq!(image::load_from_memory(&shown).unwrap().width(), SHOWN_SIDE);
    }

    #[test]
    fn bombs_and_damaged_pictures_are_not_opened() {
        // A small file that claims to be 60,000 by 60,000 pixels.
        let mut bomb = picture(1, 1, ImageFormat::Png);
        bomb[16..24].copy_from_slice(&[0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60]);
        assert_eq!(encode_anew(&bomb, FileType::Png), None);
        let mut bomb = picture(8, 8, ImageFormat::Jpeg);
        let at = bomb.windows(2).position(|window| window == b"\xFF\xC0").unwrap();
        bomb[at + 5..at + 9].copy_from_slice(&[0xFF, 0xDC, 0xFF, 0xDC]);
        assert_eq!(encode_anew(&bomb, FileType::Jpeg), None);
        assert_eq!(encode_anew(b"\x89PNG\r\n\x1a\nno", FileType::Png), None);
        assert_eq!(encode_anew(&picture(2, 2, ImageFormat::Png), FileType::Pdf), None);
    }
}

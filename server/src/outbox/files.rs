//! Email as files in a folder, for trying the program out and for practices whose
//! email is fetched by another program.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// Writes an email as `<message-id>.eml` and returns its path. The file is never
/// half written, and writing it twice leaves one file.
///
/// # Errors
/// The error of the file system.
pub async fn deliver(folder: &Path, message_id: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    let (folder, name, bytes) = (folder.to_owned(), file_name(message_id), bytes.to_owned());
    tokio::task::spawn_blocking(move || {
        std::fs::create_dir_all(&folder)?;
        let path = folder.join(format!("{name}.eml"));
        let unfinished = folder.join(format!(".{name}.part"));
        let mut file = std::fs::File::create(&unfinished)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        drop(file);
        std::fs::rename(&unfinished, &path)?;
        // The file's name must survive a power cut too.
        std::fs::File::open(&folder)?.sync_all()?;
        Ok(path)
    })
    .await
    .map_err(io::Error::other)?
}

/// A Message-ID as a file name, which cannot lead out of the folder.
fn file_name(message_id: &str) -> String {
    let name: String = message_id
        .chars()
        .take(120)
        .map(|c| if c.is_ascii_alphanumeric() || "-_@.+".contains(c) { c } else { '_' })
        .collect();
    name.trim_start_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_email_is_written_whole_and_only_once() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("mail");
        for _ in 0..2 {
            let path = deliver(&inner, "1@house.example", b"Subject: x\r\n\r\n").await.unwrap();
            assert_eq!(path, inner.join("1@house.example.eml"));
        }
        let files: Vec<_> = std::fs::read_dir(&inner).unwrap().collect();
        assert_eq!(files.len(), 1);
        assert_eq!(std::fs::read(inner.join("1@house.example.eml")).unwrap(), b"Subject: x\r\n\r\n");
    }

    #[test]
    fn a_message_id_cannot_lead_out_of_the_folder() {
        assert_eq!(file_name("../../etc/x"), "_.._etc_x");
        assert_eq!(file_name("a/b\0c@d"), "a_b_c@d");
    }
}

//! Documents: files of a client's record, from the upload to the last byte.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use chrono::Duration;
use domain::{
    ids::{AccountId, ClientId, DocumentId},
    records::{
        document::{DocumentDetails, DocumentKind, FileType, MOST_BYTES},
        note::NoteScope,
    },
};
use http_body_util::BodyExt as _;
use sha2::{Digest as _, Sha256};
use store::{CHUNK, Clinician, DocumentAdded, DocumentChanged, HandedIn, Partner, Restored, Store, Upload, Withdrawn};
use tests::{
    Backend,
    app::{App, Got},
    both,
    people::Cast,
    program::{Practice, wait_until},
};
use tower::ServiceExt as _;

/// A file of text that has arrived for an account.
pub(crate) async fn upload(store: &Store, by: AccountId, bytes: &[u8]) -> Upload {
    let mut file = store.begin_file(by).await.unwrap().expect("few uploads");
    file.write(bytes).await.unwrap();
    Upload { file: file.finish().await.unwrap(), file_type: FileType::Text, active: false }
}

/// The details of a letter.
pub(crate) fn details(scope: NoteScope, title: &str) -> DocumentDetails {
    let dated = "2026-11-20".parse().unwrap();
    DocumentDetails { scope, title: title.to_owned(), kind: DocumentKind::Letter, dated }
}

/// Adds a document.
pub(crate) async fn add(
    clinician: &Clinician,
    client: ClientId,
    scope: NoteScope,
    title: &str,
    upload: &Upload,
) -> DocumentId {
    match clinician.add_document(client, &details(scope, title), upload, false).await.unwrap() {
        DocumentAdded::Added(id) => id,
        other => panic!("{other:?}"),
    }
}

/// Hands in a document.
pub(crate) async fn hand_in(
    partner: &Partner,
    client: ClientId,
    title: &str,
    upload: &Upload,
    share: bool,
) -> DocumentId {
    match partner.hand_in(client, title, upload, (share, false)).await.unwrap() {
        HandedIn::Added(id) => id,
        other => panic!("{other:?}"),
    }
}

/// The body of a form with a file, as a browser sends it.
fn multipart(fields: &[(&str, &str)], name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for (field, value) in fields {
        body.extend_from_slice(
            format!("--edge\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n").as_bytes(),
        );
    }
    let file = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: image/png\r\n\r\n"
    );
    body.extend_from_slice(file.as_bytes());
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--edge--\r\n");
    body
}

/// The head of a form with a file.
fn post(path: &str, cookie: &str) -> axum::http::request::Builder {
    Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::HOST, "localhost:3000")
        .header("sec-fetch-site", "same-origin")
        .header(header::ORIGIN, "http://localhost:3000")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .header(header::COOKIE, cookie)
}

/// Sends a form with a file.
async fn send(app: &App, path: &str, cookie: &str, fields: &[(&str, &str)], file: (&str, &[u8])) -> Got {
    let body = multipart(fields, file.0, file.1);
    app.send(post(path, cookie).body(Body::from(body)).unwrap()).await
}

/// Asks for a file; gives its status, headers and bytes.
async fn fetch(app: &App, path: &str, cookie: &str) -> (StatusCode, HeaderMap, Bytes) {
    let request = Request::builder()
        .uri(path)
        .header(header::HOST, "localhost:3000")
        .header(header::ACCEPT_ENCODING, "gzip")
        .header(header::COOKIE, cookie);
    let response = app.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    (parts.status, parts.headers, body.collect().await.unwrap().to_bytes())
}

/// The id at the end of the address of what was made.
fn made(got: &Got) -> String {
    assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text);
    got.location().split('?').next().unwrap().rsplit('/').next().unwrap().to_owned()
}

/// The value of a hidden field of a page.
fn hidden(page: &str, name: &str) -> Option<String> {
    let rest = page.split(&format!("name=\"{name}\" value=\"")).nth(1)?;
    Some(rest.split('"').next()?.to_owned())
}

/// Bytes that do not repeat, with the beginning of a PDF.
fn pdf(length: usize) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n% canary-bytes\n".to_vec();
    let mut state = 7_u32;
    while bytes.len() < length {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        // No byte that begins a name, and none that ends the form's part.
        bytes.push(u8::try_from(state >> 24).unwrap_or(0) | 0x80);
    }
    bytes
}

/// A picture of four pixels, with a remark of its camera.
fn picture() -> Vec<u8> {
    const HEX: &str = "89504e470d0a1a0a0000000d4948445200000002000000020802000000fdd49a730000001574455874436f6d6d656e7400\
                       63616e6172792d63616d657261cfa30c8f0000000f49444154789c636800030605300000222e03c1226009430000000049\
                       454e44ae426082";
    (0..HEX.len() / 2).map(|n| u8::from_str_radix(&HEX[n * 2..n * 2 + 2], 16).unwrap()).collect()
}

const FILES: &str = "SELECT count(*) FROM file";
const DOCUMENTS: &str = "SELECT count(*) FROM document";
const LETTER: [(&str, &str); 4] =
    [("title", "Brief von Dr. Weiß"), ("kind", "letter"), ("dated", "2026-11-20"), ("scope", "joint")];

fn documents_of(client: ClientId) -> String {
    format!("/clients/{client}/documents")
}

both!(a_document_comes_back_byte_for_byte_and_nothing_in_it_runs, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    // Two whole chunks and a half, and exactly two.
    for length in [CHUNK * 5 / 2, CHUNK * 2, 40] {
        let bytes = pdf(length);
        let got = send(&app, &documents_of(cast.couple), &ruth, &LETTER, ("letter.pdf", &bytes)).await;
        let id = made(&got);
        let (status, headers, file) = fetch(&app, &format!("/documents/{id}/file"), &ruth).await;
        assert_eq!((status, file.as_ref() == bytes), (StatusCode::OK, true), "{length}");
        let header = |name: &str| headers.get(name).map(|v| v.to_str().unwrap()).unwrap_or_default();
        assert_eq!(header("content-length"), length.to_string());
        assert_eq!(header("content-encoding"), "", "a file is sent as it is");
        assert_eq!(header("content-type"), "application/pdf");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert!(header("content-security-policy").starts_with("sandbox;"), "{headers:?}");
        assert!(header("content-disposition").starts_with("attachment; filename=\"Brief von Dr. Wei_.pdf\""));
        let (status, headers, file) = fetch(&app, &format!("/documents/{id}/view"), &ruth).await;
        assert_eq!((status, file.len()), (StatusCode::OK, length));
        assert!(headers["content-disposition"].to_str().unwrap().starts_with("inline"));
        assert!(headers["content-security-policy"].to_str().unwrap().starts_with("sandbox;"));
    }
    assert_eq!(world.store.bad_rows().await.unwrap(), []);
});

both!(what_is_not_accepted_is_said_at_the_field_and_nothing_typed_is_lost, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let large = vec![b'a'; MOST_BYTES + 700_000];
    for (name, bytes, why) in [
        ("invoice.pdf", &b"MZ\x90\x00\x03\x00"[..], "Programs aren’t accepted"),
        ("scan.pdf", b"<!DOCTYPE html><script>alert(1)</script>", "Web pages and SVG pictures aren’t accepted"),
        ("photo.png", b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "Web pages and SVG pictures aren’t accepted"),
        ("table.pdf", b"\x00\x01\x02\x03", "Choose a PDF, a JPEG or PNG picture"),
        ("empty.pdf", b"", "This file is empty"),
        ("", b"", "Choose a file."),
        ("large.txt", &large, "This file is 21 MB. The limit is 20 MB."),
    ] {
        let got = send(&app, &documents_of(cast.couple), &ruth, &LETTER, (name, bytes)).await;
        assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert!(got.text.contains(why), "{name}: {}", got.text);
        assert!(
            got.text.contains("id=\"f-file-error\"") && got.text.contains("value=\"Brief von Dr. Weiß\""),
            "{name}"
        );
        assert!(hidden(&got.text, "upload").is_none(), "{name}");
    }
    assert_eq!(world.number(FILES).await.unwrap(), 0);
});

both!(a_refused_form_carries_its_file_on, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let (ruth, emeka) = (app.cookie(&world, cast.ruth.me()).await, app.cookie(&world, cast.emeka.me()).await);
    let path = documents_of(cast.couple);
    let got = send(&app, &path, &ruth, &LETTER[..3], ("letter.pdf", &pdf(CHUNK + 5))).await;
    assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        got.text.contains("Choose whose record this belongs to.") && got.text.contains("letter.pdf is here already")
    );
    let token = hidden(&got.text, "upload").expect("the file is carried on");
    let mut form = LETTER.to_vec();
    form.push(("upload", &token));
    // Another account's form does not open it, even with the token.
    let other = documents_of(cast.other_couple);
    assert_eq!(app.post(&other, Some(&emeka), &form).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let id = made(&app.post(&path, Some(&ruth), &form).await);
    assert_eq!(fetch(&app, &format!("/documents/{id}/file"), &ruth).await.2.len(), CHUNK + 5);
    // It is part of a document now.
    let mut again = form.clone();
    again.push(("again", "yes"));
    let got = app.post(&path, Some(&ruth), &again).await;
    assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(got.text.contains("The file is no longer here"), "{}", got.text);
    assert_eq!(world.number(DOCUMENTS).await.unwrap(), 1);
});

both!(the_same_form_sent_twice_is_one_document, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let path = documents_of(cast.couple);
    let page = app.get(&format!("{path}/new"), Some(&ruth)).await;
    let key = hidden(&page.text, "key").expect("a form key");
    let mut form = LETTER.to_vec();
    form.push(("key", &key));
    let bytes = pdf(CHUNK * 2 + 9);
    let one = send(&app, &path, &ruth, &form, ("letter.pdf", &bytes));
    let two = send(&app, &path, &ruth, &form, ("letter.pdf", &bytes));
    let (one, two) = tokio::join!(one, two);
    let third = send(&app, &path, &ruth, &form, ("letter.pdf", &bytes)).await;
    assert_eq!((made(&one), made(&one)), (made(&two), made(&third)));
    assert_eq!(world.number(DOCUMENTS).await.unwrap(), 1);
    assert_eq!(world.number(FILES).await.unwrap(), 1, "the other uploads are gone");
    // The same file in another form is asked about once.
    let got = send(&app, &path, &ruth, &LETTER, ("copy.pdf", &bytes)).await;
    assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(got.text.contains("as “Brief von Dr. Weiß”") && got.text.contains("Add it again"), "{}", got.text);
    let token = hidden(&got.text, "upload").expect("carried on");
    let mut again = LETTER.to_vec();
    again.extend([("upload", token.as_str()), ("again", "yes")]);
    made(&app.post(&path, Some(&ruth), &again).await);
    assert_eq!(world.number(DOCUMENTS).await.unwrap(), 2);
});

both!(ten_files_at_once_all_arrive_whole, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let path = documents_of(cast.couple);
    let mut sending = tokio::task::JoinSet::new();
    for n in 0..10_usize {
        let (router, state) = (app.router.clone(), app.state.clone());
        let (path, ruth) = (path.clone(), ruth.clone());
        sending.spawn(async move {
            let bytes = pdf(CHUNK * 3 + n);
            let got = send(&App { router, state }, &path, &ruth, &LETTER, ("letter.pdf", &bytes)).await;
            (made(&got), bytes)
        });
    }
    let sent = sending.join_all().await;
    assert_eq!(world.number(DOCUMENTS).await.unwrap(), 10);
    for (id, bytes) in sent {
        let (_, _, file) = fetch(&app, &format!("/documents/{id}/file"), &ruth).await;
        assert_eq!(Sha256::digest(&file), Sha256::digest(&bytes), "{}", bytes.len());
    }
});

both!(of_an_upload_that_is_cut_off_nothing_stays, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let mut body = multipart(&LETTER, "letter.pdf", &pdf(CHUNK * 3));
    body.truncate(CHUNK * 2);
    let got = app.send(post(&documents_of(cast.couple), &ruth).body(Body::from(body)).unwrap()).await;
    assert_eq!(got.status, StatusCode::BAD_REQUEST, "{}", got.text);
    assert_eq!((world.number(FILES).await.unwrap(), world.number(DOCUMENTS).await.unwrap()), (0, 0));
    // A process that ends in the middle leaves chunks that nobody can open. They are
    // cleared after an hour; a whole upload for a refused form after half a day.
    let mut cut = world.store.begin_file(cast.ruth.me()).await.unwrap().unwrap();
    cut.write(&pdf(CHUNK * 2)).await.unwrap();
    drop(cut);
    upload(&world.store, cast.ruth.me(), b"canary").await;
    let worker = world.store.worker();
    worker.clear_loose_files().await.unwrap();
    assert_eq!(world.number(FILES).await.unwrap(), 2);
    world.clock.advance(Duration::minutes(61));
    worker.clear_loose_files().await.unwrap();
    assert_eq!(world.number(FILES).await.unwrap(), 1);
    world.clock.advance(Duration::hours(12));
    worker.clear_loose_files().await.unwrap();
    assert_eq!(world.number(FILES).await.unwrap(), 0);
    assert_eq!(world.number("SELECT count(*) FROM file_chunk").await.unwrap(), 0);
});

both!(chunks_that_were_cut_swapped_or_taken_from_another_file_do_not_open, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let mut ids = Vec::new();
    for n in 0..4_usize {
        let file = upload(&world.store, cast.ruth.me(), &pdf(CHUNK * 3 - n)).await;
        ids.push(add(&cast.ruth, cast.couple, NoteScope::Joint, &format!("Letter {n}"), &file).await);
    }
    let file_of = |id: DocumentId| format!("(SELECT file_id FROM document WHERE id = {})", world.id(id.0));
    world
        .script(&[
            // The last chunk is missing.
            format!("DELETE FROM file_chunk WHERE file_id = {} AND number = 2", file_of(ids[0])),
            format!("UPDATE file SET chunks = 2 WHERE id = {}", file_of(ids[0])),
            // Two are swapped.
            format!("UPDATE file_chunk SET number = 9 WHERE file_id = {} AND number = 0", file_of(ids[1])),
            format!("UPDATE file_chunk SET number = 0 WHERE file_id = {} AND number = 1", file_of(ids[1])),
            format!("UPDATE file_chunk SET number = 1 WHERE file_id = {} AND number = 9", file_of(ids[1])),
            // One is another file's.
            format!(
                "UPDATE file_chunk SET body = (SELECT body FROM file_chunk WHERE file_id = {} AND number = 1)
                 WHERE file_id = {} AND number = 1",
                file_of(ids[3]),
                file_of(ids[2])
            ),
        ])
        .await
        .unwrap();
    let read = async |id: DocumentId| {
        let (_, file) = cast.ruth.document_file(id).await.unwrap().unwrap();
        file.whole().await
    };
    for id in &ids[..3] {
        assert!(matches!(read(*id).await, Err(store::Error::Sealed(_))), "{id}");
    }
    assert_eq!(read(ids[3]).await.unwrap().as_slice(), pdf(CHUNK * 3 - 3));
    let bad = world.store.bad_rows().await.unwrap();
    assert_eq!(bad.iter().map(|row| row.table).collect::<Vec<_>>(), ["file_chunk"; 3], "{bad:?}");
    // The page of a damaged file still says what it is.
    assert_eq!(app.get(&format!("/documents/{}", ids[0]), Some(&ruth)).await.status, StatusCode::OK);
});

both!(pictures_are_shown_as_we_drew_them_and_active_pdfs_are_only_downloaded, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let path = documents_of(cast.couple);
    let shown = made(&send(&app, &path, &ruth, &LETTER, ("drawing.png", &picture())).await);
    let page = app.get(&format!("/documents/{shown}"), Some(&ruth)).await;
    assert!(page.text.contains(&format!("src=\"/documents/{shown}/view\"")), "{}", page.text);
    let (_, headers, view) = fetch(&app, &format!("/documents/{shown}/view"), &ruth).await;
    assert_eq!(headers["content-type"], "image/png");
    assert!(view.starts_with(b"\x89PNG") && !view.windows(6).any(|window| window == b"canary"));
    let (_, _, original) = fetch(&app, &format!("/documents/{shown}/file"), &ruth).await;
    assert_eq!(original.as_ref(), picture(), "the therapist has the original");
    let active = b"%PDF-1.7\n<< /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>";
    let active = made(&send(&app, &path, &ruth, &LETTER, ("form.pdf", active)).await);
    let page = app.get(&format!("/documents/{active}"), Some(&ruth)).await;
    assert!(page.text.contains("may contain scripts") && !page.text.contains(">Open</a>"), "{}", page.text);
    assert_eq!(fetch(&app, &format!("/documents/{active}/view"), &ruth).await.0, StatusCode::NOT_FOUND);
    let (status, headers, _) = fetch(&app, &format!("/documents/{active}/file"), &ruth).await;
    assert_eq!(status, StatusCode::OK);
    assert!(headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    let text = made(&send(&app, &path, &ruth, &LETTER, ("notes.txt", b"Plain words.")).await);
    assert_eq!(fetch(&app, &format!("/documents/{text}/view"), &ruth).await.0, StatusCode::NOT_FOUND);
});

both!(what_a_partner_hands_in_is_theirs_until_they_share_it, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let [ruth, amara, jonas] = [cast.ruth.me(), cast.amara.me(), cast.jonas.me()];
    let (ruth, amara, jonas) =
        (app.cookie(&world, ruth).await, app.cookie(&world, amara).await, app.cookie(&world, jonas).await);
    let before = app.get("/portal/documents", Some(&jonas)).await.text;
    let client = cast.couple.to_string();
    let form = [("client", client.as_str()), ("title", "canary-scan")];
    let got = send(&app, "/portal/documents", &amara, &form, ("scan.png", &picture())).await;
    assert_eq!(got.location().split('?').next(), Some("/portal/documents"), "{}", got.text);
    let own = cast.amara.own_documents(None).await.unwrap().rows;
    let [scan] = own.as_slice() else { panic!("{own:?}") };
    let (page, file) = (format!("/portal/documents/{}", scan.id), format!("/portal/documents/{}/file", scan.id));
    // The therapist is told that it is there, and nothing of what it is called.
    let today = app.get("/today", Some(&ruth)).await.text;
    assert!(today.contains("Amara Nwosu sent a document") && !today.contains("canary-scan"), "{today}");
    let tab = app.get(&format!("/clients/{}?tab=documents", cast.couple), Some(&ruth)).await.text;
    assert!(tab.contains("Document from Amara Nwosu") && !tab.contains("canary-scan"), "{tab}");
    // The other partner finds nothing, and their page is the same as before.
    for path in [&page, &file] {
        assert_eq!(app.get(path, Some(&jonas)).await.status, StatusCode::NOT_FOUND);
    }
    let after = app.get("/portal/documents", Some(&jonas)).await.text;
    let plain = crate::clients::unseen::plain;
    assert_eq!(plain(&before), plain(&after));
    assert!(!cast.jonas.share_document(scan.id).await.unwrap());
    assert_eq!(cast.jonas.withdraw_document(scan.id).await.unwrap(), Withdrawn::Gone);
    // Withdrawn and put back by the button of the notice.
    let got = app.post(&format!("{page}/withdraw"), Some(&amara), &[]).await;
    let bin = got.location().split("undo=").nth(1).unwrap_or_else(|| panic!("{}", got.location())).to_owned();
    assert!(!app.get("/today", Some(&ruth)).await.text.contains("sent a document"));
    assert_eq!(app.get(&page, Some(&amara)).await.status, StatusCode::NOT_FOUND);
    let back = app.post(&format!("/bin/{bin}/restore"), Some(&amara), &[]).await;
    assert!(back.location().starts_with(&page), "{}", back.location());
    assert!(app.get("/today", Some(&ruth)).await.text.contains("sent a document"));
    // Once a therapist has opened it, it is not withdrawn any more.
    assert_eq!(app.get(&format!("/documents/{}", scan.id), Some(&ruth)).await.status, StatusCode::OK);
    assert!(!app.get("/today", Some(&ruth)).await.text.contains("sent a document"));
    let late = app.post(&format!("{page}/withdraw"), Some(&amara), &[]).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.text.contains("It can’t be withdrawn any more"), "{}", late.text);
    // Shared, the other partner reads it; what the camera wrote stays with Amara.
    assert_eq!(app.post(&format!("{page}/share"), Some(&amara), &[]).await.status, StatusCode::SEE_OTHER);
    assert!(app.get("/portal/documents", Some(&jonas)).await.text.contains("From Amara Nwosu"));
    let camera = |bytes: &[u8]| bytes.windows(13).any(|window| window == b"canary-camera");
    let (theirs, own) = (fetch(&app, &file, &jonas).await, fetch(&app, &file, &amara).await);
    assert_eq!((theirs.0, camera(&theirs.2)), (StatusCode::OK, false));
    assert_eq!((own.0, camera(&own.2)), (StatusCode::OK, true));
    assert_eq!(app.get(&page, Some(&app.cookie(&world, cast.stranger.me()).await)).await.status, StatusCode::NOT_FOUND);
});

both!(process_documents_are_their_authors_and_scopes_follow_who_has_read, |world| {
    let cast = Cast::new(&world.store).await;
    let (ruth, store) = (&cast.ruth, &world.store);
    let file = upload(store, ruth.me(), b"canary-process").await;
    let own = add(ruth, cast.couple, NoteScope::Process, "Mine", &file).await;
    assert!(cast.emeka.document(own).await.unwrap().is_none());
    // It becomes part of the record, is sealed for the client, and still opens.
    let joint = details(NoteScope::Joint, "Ours");
    assert_eq!(ruth.change_document(own, &joint).await.unwrap(), DocumentChanged::Saved);
    let (found, file) = ruth.document_file(own).await.unwrap().unwrap();
    assert_eq!((found.title.as_str(), file.whole().await.unwrap().as_slice()), ("Ours", &b"canary-process"[..]));
    assert_eq!(store.bad_rows().await.unwrap(), []);
    // What a client handed in stays where they put it.
    let file = upload(store, cast.amara.me(), b"canary-own").await;
    let handed = hand_in(&cast.amara, cast.couple, "Scan", &file, false).await;
    assert_eq!(
        ruth.change_document(handed, &details(NoteScope::Process, "Letter")).await.unwrap(),
        DocumentChanged::Saved
    );
    let found = ruth.document(handed).await.unwrap().unwrap();
    assert_eq!((found.scope, found.title.as_str()), (NoteScope::PartnerA, "Letter"));
    // Another account's upload cannot be taken.
    let file = upload(store, cast.emeka.me(), b"of another").await;
    let taken = ruth.add_document(cast.couple, &joint, &file, false).await.unwrap();
    assert_eq!(taken, DocumentAdded::UploadGone);
});

both!(a_removed_document_can_be_put_back_for_thirty_days, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let file = upload(&world.store, cast.ruth.me(), &pdf(CHUNK + 1)).await;
    let id = add(&cast.ruth, cast.couple, NoteScope::Joint, "Letter", &file).await;
    let got = app.post(&format!("/documents/{id}/remove"), Some(&ruth), &[]).await;
    let bin = got.location().split("undo=").nth(1).expect("it can be undone").to_owned();
    assert!(got.location().starts_with(&format!("/clients/{}?tab=documents", cast.couple)), "{}", got.location());
    assert!(!app.get(&format!("/clients/{}?tab=documents", cast.couple), Some(&ruth)).await.text.contains("Letter of"));
    assert_eq!(app.get(&format!("/documents/{id}"), Some(&ruth)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(fetch(&app, &format!("/documents/{id}/file"), &ruth).await.0, StatusCode::NOT_FOUND);
    let again = app.post(&format!("/documents/{id}/remove"), Some(&ruth), &[]).await;
    assert_eq!(again.location(), got.location(), "pressed twice");
    app.post(&format!("/bin/{bin}/restore"), Some(&ruth), &[]).await;
    assert_eq!(app.get(&format!("/documents/{id}"), Some(&ruth)).await.status, StatusCode::OK);
    let (_, bin) = cast.ruth.remove_document(id).await.unwrap().unwrap();
    world.clock.advance(Duration::days(31));
    world.store.worker().delete_removed_documents().await.unwrap();
    assert_eq!((world.number(DOCUMENTS).await.unwrap(), world.number(FILES).await.unwrap()), (0, 0));
    assert_eq!(world.number("SELECT count(*) FROM file_chunk").await.unwrap(), 0);
    world.store.worker().empty_bin().await.unwrap();
    let restored = world.store.signed_in(cast.ruth.visitor()).restore(bin).await.unwrap();
    assert!(matches!(restored, Restored::Gone));
});

both!(a_separated_couple_gets_no_new_documents, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let file = upload(&world.store, cast.amara.me(), b"canary-shared").await;
    let id = hand_in(&cast.amara, cast.couple, "Shared", &file, true).await;
    assert!(cast.jonas.own_document(id).await.unwrap().is_some());
    assert!(cast.ruth.separate(cast.couple).await.unwrap());
    assert!(cast.jonas.own_document(id).await.unwrap().is_none(), "nothing joint is in the portal any more");
    assert_eq!(cast.amara.own_documents(None).await.unwrap().rows, []);
    let file = upload(&world.store, cast.ruth.me(), b"more").await;
    let added = cast.ruth.add_document(cast.couple, &details(NoteScope::Joint, "More"), &file, false).await.unwrap();
    assert_eq!(added, DocumentAdded::Gone);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    assert_eq!(app.get(&format!("/documents/{id}"), Some(&ruth)).await.status, StatusCode::OK, "the record stays");
    let path = documents_of(cast.couple);
    assert_eq!(app.get(&format!("{path}/new"), Some(&ruth)).await.status, StatusCode::NOT_FOUND);
    let got = send(&app, &path, &ruth, &LETTER, ("letter.pdf", &pdf(50))).await;
    assert_eq!(got.status, StatusCode::NOT_FOUND);
    assert_eq!(world.number(FILES).await.unwrap(), 2, "what was sent in vain is gone");
});

both!(what_was_typed_when_the_login_had_ended_is_kept_without_the_file, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let page = app.get(&format!("{}/new", documents_of(cast.couple)), Some(&ruth)).await;
    let key = hidden(&page.text, "key").expect("a form key");
    let mut form = LETTER.to_vec();
    form.push(("key", &key));
    let got = send(&app, &documents_of(cast.couple), "duologue=gone", &form, ("letter.pdf", &pdf(CHUNK * 2))).await;
    assert!(got.text.contains("name=\"kept\""), "{}: {}", got.status, got.text);
    assert_eq!(world.number(FILES).await.unwrap(), 0);
});

/// Sends a form with a file over a connection of its own, in pieces of 64 KiB without a
/// length before them. With `until` the connection is cut after this many bytes. Gives
/// the head of the answer.
fn send_in_pieces(practice: &Practice, path: &str, cookie: &str, body: &[u8], until: Option<usize>) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", practice.port)).unwrap();
    stream.set_read_timeout(Some(std::time::Duration::from_secs(120))).unwrap();
    let host = format!("localhost:{}", practice.port);
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nSec-Fetch-Site: same-origin\r\n\
         Cookie: {cookie}\r\nContent-Type: multipart/form-data; boundary=edge\r\n\
         Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    for piece in body[..until.unwrap_or(body.len())].chunks(64 * 1024) {
        write!(stream, "{:x}\r\n", piece.len()).unwrap();
        stream.write_all(piece).unwrap();
        stream.write_all(b"\r\n").unwrap();
    }
    if until.is_some() {
        return String::new();
    }
    stream.write_all(b"0\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// The most memory that a process has had so far, in megabytes.
fn most_memory(process: &tests::program::Process) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.0.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

/// Downloads a document over a connection of its own. Its length is what was said
/// before it.
fn fetch_whole(practice: &Practice, id: &str, cookie: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(("127.0.0.1", practice.port)).unwrap();
    write!(
        stream,
        "GET /documents/{id}/file HTTP/1.1\r\nHost: localhost:{}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n",
        practice.port
    )
    .unwrap();
    let mut whole = Vec::new();
    stream.read_to_end(&mut whole).unwrap();
    let at = whole.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    let head = String::from_utf8_lossy(&whole[..at]).to_lowercase();
    let body = whole.split_off(at);
    assert!(head.contains(&format!("content-length: {}\r\n", body.len())), "{head}");
    body
}

/// The largest file arrives, is kept and comes back without being held in memory whole;
/// a larger one is refused in words; of one that is cut off nothing is to be seen.
async fn check_large_files(backend: Backend) {
    let (practice, store, cast) = Practice::on_backend(backend).await;
    let server = practice.start(1);
    let token = store.start_login(cast.ruth.me(), "test", None).await.unwrap();
    let (cookie, path) = (format!("duologue={token}"), documents_of(cast.couple));
    let add = |bytes: &[u8]| {
        let answer = send_in_pieces(&practice, &path, &cookie, &multipart(&LETTER, "file.pdf", bytes), None);
        assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
        answer.split("/documents/").nth(1).unwrap().split('?').next().unwrap().to_owned()
    };
    // Smaller ones first: the caches of the database are full then.
    for n in 0..4 {
        let bytes = pdf(6_000_000 + n);
        assert!(fetch_whole(&practice, &add(&bytes), &cookie) == bytes);
    }
    let before = most_memory(&server);
    let bytes = pdf(MOST_BYTES);
    let whole = fetch_whole(&practice, &add(&bytes), &cookie);
    assert_eq!(Sha256::digest(&whole), Sha256::digest(&bytes));
    // Held whole, the larger file would need at least 14 MB more.
    let more = most_memory(&server) - before;
    assert!(more < 13, "{more} MB more for a file of 20 MB than for one of 6 MB");
    let larger = multipart(&LETTER, "larger.pdf", &pdf(MOST_BYTES + 1));
    let answer = send_in_pieces(&practice, &path, &cookie, &larger, None);
    assert!(answer.starts_with("HTTP/1.1 422") && answer.contains("The limit is 20 MB"), "{answer}");
    // One that says that it is far too long is refused before it arrives.
    let mut stream = TcpStream::connect(("127.0.0.1", practice.port)).unwrap();
    let host = format!("localhost:{}", practice.port);
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nSec-Fetch-Site: same-origin\r\n\
         Cookie: {cookie}\r\nContent-Type: multipart/form-data; boundary=edge\r\n\
         Content-Length: 90000000\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
    let cut = multipart(&LETTER, "cut.pdf", &pdf(CHUNK * 8));
    send_in_pieces(&practice, &path, &cookie, &cut, Some(CHUNK * 5));
    wait_until("the server answers", || practice.ask("GET", "/healthz", None, "").is_some());
    let tab = practice.ask("GET", &format!("/clients/{}?tab=documents", cast.couple), Some(&cookie), "").unwrap();
    let rows = tab.split("<a href=\"/documents/").filter(|rest| rest.split('>').next().unwrap().contains("row-link"));
    assert_eq!(rows.count(), 5, "{tab}");
    drop(server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_file_passes_through_little_memory_sqlite() {
    check_large_files(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_file_passes_through_little_memory_postgres() {
    check_large_files(Backend::Postgres).await;
}

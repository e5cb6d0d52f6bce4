//! A calendar file from another program is previewed and taken over as chosen.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use store::Store;
use tests::{
    World,
    app::{App, Got},
    both,
    people::Cast,
};

/// Times of Berlin; the clock of the tests shows 23 November 2026.
const FILE: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n\
BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261201T090000Z\r\nDTEND:20261201T095000Z\r\nSUMMARY:Amara and Jonas – session\r\nEND:VEVENT\r\n\
BEGIN:VEVENT\r\nUID:2\r\nDTSTART;TZID=Europe/Berlin:20261202T140000\r\nDTEND;TZID=Europe/Berlin:20261202T160000\r\n\
SUMMARY:canary-dentist\r\nRRULE:FREQ=WEEKLY;COUNT=2\r\nEND:VEVENT\r\n\
BEGIN:VEVENT\r\nUID:3\r\nDTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261227\r\nSUMMARY:Christmas\r\nTRANSP:TRANSPARENT\r\nEND:VEVENT\r\n\
END:VCALENDAR\r\n";

struct Stage {
    app: App,
    cast: Cast,
    path: String,
    desk: String,
}

impl Stage {
    async fn new(world: &World) -> Self {
        let (app, cast) = (App::new(world), Cast::new(&world.store).await);
        let path = format!("/clinicians/{}/calendar-file", cast.ruth.me());
        let desk = app.cookie(world, cast.desk.me()).await;
        Self { app, cast, path, desk }
    }

    async fn post(&self, form: &[(&str, &str)]) -> Got {
        self.app.post(&self.path, Some(&self.desk), form).await
    }

    async fn exceptions(&self) -> Vec<(bool, String)> {
        let found = self.cast.desk.hours(self.cast.ruth.me(), None, None).await.unwrap().unwrap();
        found
            .exceptions
            .rows
            .into_iter()
            .map(|(_, e)| (e.whole_practice, format!("{} {}", e.first, e.reason)))
            .collect()
    }

    async fn booked(&self, store: &Store) -> usize {
        let (from, until) = (store.now(), store.now() + chrono::Duration::days(400));
        self.cast.desk.calendar(from, until, Some(self.cast.ruth.me()), None).await.unwrap().len()
    }
}

/// The fields of the preview's form, as a browser sends them.
pub(crate) fn fields(html: &str) -> Vec<(String, String)> {
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!("{name}=\""))?;
        let text = rest.split_once('"')?.0;
        Some(text.replace("&amp;", "&").replace("&#x27;", "'"))
    };
    let mut fields = Vec::new();
    for tag in html.split('<').filter(|t| t.starts_with("input") && t.contains("type=\"hidden\"")) {
        fields.extend(attribute(tag, "name").zip(attribute(tag, "value")));
    }
    for select in html.split("<select").skip(1) {
        let select = select.split("</select>").next().unwrap();
        let chosen = select.split("<option").skip(1).find(|o| o.contains("selected"));
        let chosen = chosen.or_else(|| select.split("<option").nth(1)).and_then(|o| attribute(o, "value"));
        fields.extend(attribute(select, "name").zip(chosen));
    }
    fields
}

fn pairs(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

both!(imported_calendar_file_is_previewed_and_taken_over_once, |world| {
    let stage = Stage::new(&world).await;
    let shown = stage.post(&[("file", FILE), ("holds", "own")]).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.text.contains("This file has 3 entries. 3 entries are listed, with 4 dates."), "{}", shown.text);
    assert!(shown.text.contains("canary-dentist"), "whoever imports sees what they choose from");
    for words in
        ["Block this time", "Skip this entry", "Block times and book sessions as chosen", "it is marked as free time"]
    {
        assert!(shown.text.contains(words), "{words}");
    }
    assert_eq!((stage.booked(&world.store).await, stage.exceptions().await.len()), (0, 0), "nothing is taken over yet");
    let form = fields(&shown.text);
    let choice_of = |n: usize| form.iter().find(|(name, _)| *name == format!("step.{n}.take")).map(|(_, v)| v.as_str());
    assert_eq!(
        [choice_of(0), choice_of(1), choice_of(2), choice_of(3)],
        [Some("session"), Some("busy"), Some("busy"), Some("leave")]
    );
    // Sent twice, the form makes one booking and blocks the times once.
    for _ in 0..2 {
        let done = stage.post(&pairs(&form)).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    }
    assert_eq!(stage.booked(&world.store).await, 1);
    // Without the tick for titles, the entry is kept as "Busy".
    let busy = (false, "2026-12-02 Busy".to_owned());
    assert_eq!(stage.exceptions().await, [busy, (false, "2026-12-09 Busy".to_owned())]);
    // Imported again, every entry is known and set to skip.
    let again = stage.post(&[("file", FILE), ("holds", "own"), ("titles", "yes")]).await;
    assert_eq!(again.text.matches("Already in your calendar").count(), 3);
    assert!(fields(&again.text).iter().filter(|(name, _)| name.ends_with(".take")).all(|(_, v)| v == "leave"));
});

both!(entry_that_cannot_be_booked_stays_with_its_reason, |world| {
    let stage = Stage::new(&world).await;
    let form = fields(&stage.post(&[("file", FILE), ("holds", "own")]).await.text);
    assert!(matches!(stage.cast.book(&world.store, "2026-12-01 10:30").await, store::Booked::Done(_)));
    let refused = stage.post(&pairs(&form)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("is taken from"), "the reason stands at the entry");
    assert_eq!(fields(&refused.text).iter().filter(|(name, _)| name.ends_with(".take")).count(), 1);
    assert_eq!((stage.booked(&world.store).await, stage.exceptions().await.len()), (1, 2), "the others are taken over");
});

both!(only_the_front_desk_closes_the_practice_on_holidays, |world| {
    let stage = Stage::new(&world).await;
    let form = fields(&stage.post(&[("file", FILE), ("holds", "holidays")]).await.text);
    let mut chosen = form.clone();
    for (name, value) in &mut chosen {
        if name.ends_with(".take") && name != "step.3.take" {
            *value = "leave".to_owned();
        }
    }
    // A therapist's form closes only their own hours, whatever it says.
    let ruth = stage.app.cookie(&world, stage.cast.ruth.me()).await;
    let anothers = stage.app.post(&stage.path, Some(&ruth), &pairs(&chosen)).await;
    assert_eq!(anothers.status, StatusCode::CONFLICT, "a page that was opened by the desk");
    let unmarked: Vec<_> = pairs(&chosen).into_iter().filter(|(name, _)| *name != "key").collect();
    let own = stage.app.post(&stage.path, Some(&ruth), &unmarked).await;
    assert_eq!(own.status, StatusCode::SEE_OTHER);
    assert_eq!(stage.exceptions().await, [(false, "2026-12-25 Busy".to_owned())]);
    assert_eq!(stage.post(&pairs(&chosen)).await.status, StatusCode::SEE_OTHER);
    assert!(stage.exceptions().await.contains(&(true, "2026-12-25 Christmas".to_owned())));
    // Another therapist cannot use this page.
    let emeka = stage.app.cookie(&world, stage.cast.emeka.me()).await;
    let foreign = stage.app.post(&stage.path, Some(&emeka), &[("file", FILE)]).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
});

both!(therapists_file_books_only_their_own_clients, |world| {
    let stage = Stage::new(&world).await;
    let emeka = stage.app.cookie(&world, stage.cast.emeka.me()).await;
    let path = format!("/clinicians/{}/calendar-file", stage.cast.emeka.me());
    let shown = stage.app.post(&path, Some(&emeka), &[("file", FILE)]).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(!shown.text.contains("Amara Nwosu"), "a colleague's client is not found by a title");
    // A client put into the form by hand is refused as in any of their bookings.
    let mut form = fields(&shown.text);
    form.iter_mut().find(|(name, _)| name == "step.0.take").unwrap().1 = "session".to_owned();
    form.push(("step.0.client".to_owned(), stage.cast.couple.to_string()));
    form.push(("place".to_owned(), "online".to_owned()));
    let refused = stage.app.post(&path, Some(&emeka), &pairs(&form)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let (from, until) = (world.store.now(), world.store.now() + chrono::Duration::days(400));
    assert!(stage.cast.desk.calendar(from, until, None, None).await.unwrap().is_empty());
});

both!(entry_titles_are_kept_if_chosen, |world| {
    let stage = Stage::new(&world).await;
    let form = fields(&stage.post(&[("file", FILE), ("holds", "own"), ("titles", "yes")]).await.text);
    assert_eq!(stage.post(&pairs(&form)).await.status, StatusCode::SEE_OTHER);
    assert!(stage.exceptions().await.contains(&(false, "2026-12-02 canary-dentist".to_owned())));
});

both!(invalid_calendar_file_is_refused_at_its_field, |world| {
    let stage = Stage::new(&world).await;
    for (form, said) in [
        ([("file", ""), ("until", "")], "Choose a calendar file (.ics)."),
        ([("file", "title = 1"), ("until", "")], "This isn’t a calendar file."),
        ([("file", FILE), ("until", "soon")], "Enter the last day, such as"),
        ([("file", FILE), ("until", "2026-11-01")], "Enter a last day on or after the first."),
        ([("file", FILE), ("until", "2028-11-01")], "Enter a last day within a year of the first."),
        ([("file", FILE), ("from", "2026-11-01")], "Enter today or a later day."),
    ] {
        let refused = stage.post(&[form.as_slice(), &[("titles", "yes")]].concat()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains(said), "{said}");
        assert!(refused.text.contains("name=\"titles\"") && refused.text.contains("checked"), "what was chosen stays");
        let typed = form[1].1;
        assert!(typed.is_empty() || refused.text.contains(&format!("value=\"{typed}\"")), "and what was typed");
    }
    for wrong in [("step.0.when", "soon"), ("step.0.take", "all")] {
        let form = fields(&stage.post(&[("file", FILE)]).await.text);
        let form: Vec<_> =
            form.into_iter().map(|(n, v)| if n == wrong.0 { (n, wrong.1.to_owned()) } else { (n, v) }).collect();
        assert_eq!(stage.post(&pairs(&form)).await.status, StatusCode::BAD_REQUEST, "{wrong:?}");
    }
    assert_eq!((stage.booked(&world.store).await, stage.exceptions().await.len()), (0, 0));
});

/// Sends a form with a file, as browsers do.
async fn upload(stage: &Stage, file: &[u8], form: &[(&str, &str)]) -> Got {
    let mut body = b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.ics\"\r\nContent-Type: text/calendar\r\n\r\n".to_vec();
    body.extend_from_slice(file);
    for (name, value) in form {
        body.extend_from_slice(
            format!("\r\n--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}").as_bytes(),
        );
    }
    body.extend_from_slice(b"\r\n--x--\r\n");
    let request = Request::builder()
        .method("POST")
        .uri(&stage.path)
        .header(header::HOST, "localhost:3000")
        .header("sec-fetch-site", "same-origin")
        .header(header::COOKIE, &stage.desk)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
    stage.app.send(request.body(Body::from(body)).unwrap()).await
}

/// An export of ten years with long texts, of which one entry is in the future.
fn old_export(bytes: usize) -> Vec<u8> {
    let mut file = String::from("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n");
    let text = "lorem ipsum ".repeat(60);
    for n in 0.. {
        let year = 2015 + n % 10;
        file.push_str(&format!(
            "BEGIN:VEVENT\r\nUID:{n}\r\nDTSTART:{year}0{}11T080000Z\r\nDURATION:PT1H\r\nSUMMARY:old\r\nDESCRIPTION:{text}\r\nEND:VEVENT\r\n",
            n % 9 + 1
        ));
        if file.len() > bytes {
            break;
        }
    }
    file.push_str("BEGIN:VEVENT\r\nUID:new\r\nDTSTART:20261202T090000Z\r\nDURATION:PT1H\r\nSUMMARY:the coming one\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
    file.into_bytes()
}

both!(calendar_file_of_several_megabytes_is_read, |world| {
    let stage = Stage::new(&world).await;
    let shown = upload(&stage, &old_export(3_000_000), &[("holds", "own"), ("titles", "yes")]).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.text.contains("the coming one") && shown.text.contains("listed, with 1 date."), "{}", shown.text);
    assert!(shown.text.contains("entries are before Monday 23 November 2026."));
    // Another character set, and a byte that is not text at all.
    let latin = b"BEGIN:VCALENDAR\rBEGIN:VEVENT\rDTSTART:20261201T090000Z\rDURATION:PT1H\rSUMMARY:Gespr\xE4ch\0\rEND:VEVENT\rEND:VCALENDAR\r";
    assert!(upload(&stage, latin, &[]).await.text.contains("Gespräch"));
});

both!(too_large_calendar_file_is_refused_at_its_field, |world| {
    let stage = Stage::new(&world).await;
    let form = [("holds", "holidays"), ("titles", "yes"), ("until", "2027-01-31")];
    let refused = upload(&stage, &vec![b'x'; 17 * 1024 * 1024], &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("This file has 17 MB; 16 MB is the most. Export fewer years"), "{}", refused.text);
    assert!(refused.text.contains("f-file-error"), "it stands at the field");
    assert!(refused.text.contains("value=\"2027-01-31\"") && refused.text.contains("checked"), "the rest stays");
    // A file that is larger than what is read to its end gets a page that names the
    // limit, too.
    let refused = upload(&stage, &vec![b'x'; 65 * 1024 * 1024], &form).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(refused.text.contains("16 MB at most"), "{}", refused.text);
    // The limit of every other form is unchanged.
    let long = "x".repeat(2 * 1024 * 1024);
    let other = stage.app.post("/clinicians/x/hours", Some(&stage.desk), &[("a", &long)]).await;
    assert_eq!(other.status, StatusCode::PAYLOAD_TOO_LARGE);
});

// A file with more rows than a form carries is shown in parts, and every part can be
// reached.
both!(long_calendar_file_is_imported_in_parts, |world| {
    let stage = Stage::new(&world).await;
    let daily = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\n\
        DTSTART;TZID=Europe/Berlin:20261124T060000\r\nDURATION:PT30M\r\n\
        RRULE:FREQ=DAILY;COUNT=310\r\nSUMMARY:Run\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let shown = stage.post(&[("file", daily), ("holds", "own")]).await;
    assert!(shown.text.contains("with 310 dates; this page shows 1 to 300."), "{}", shown.text);
    assert!(shown.text.contains("Part 1 of 2.") && shown.text.contains("part=2"));
    let form = fields(&shown.text);
    assert!(form.len() < 2_000);
    let done = stage.post(&pairs(&form)).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let imported = || async {
        let days = ("2026-11-23".parse().unwrap(), "2027-11-23".parse().unwrap());
        stage.cast.desk.exceptions(days.0, days.1).await.unwrap().len()
    };
    assert_eq!(imported().await, 300);
    let next = done.headers["location"].to_str().unwrap().to_owned();
    assert!(next.contains("/calendar-file?from=2026-11-23&until=2027-11-23&part=2"), "{next}");
    let page = stage.app.get(&next, Some(&stage.desk)).await;
    assert!(page.text.contains("Part 2: choose the same file again"), "{}", page.text);
    let mut again = vec![("file", daily), ("holds", "own")];
    let asked = fields(&page.text);
    again.extend(asked.iter().filter(|(n, _)| n == "part").map(|(n, v)| (n.as_str(), v.as_str())));
    let shown = stage.post(&again).await;
    assert!(shown.text.contains("this page shows 301 to 310."), "{}", shown.text);
    let done = stage.post(&pairs(&fields(&shown.text))).await;
    assert!(done.headers["location"].to_str().unwrap().contains("/hours"));
    assert_eq!(imported().await, 310);
});

// An entry that is read with a doubt is set to skip and says why; an entry that cannot be
// read is listed with its line.
both!(uncertain_entry_is_set_to_skip_with_its_reason, |world| {
    let stage = Stage::new(&world).await;
    let file = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=Nowhere:20261201T090000\r\nDURATION:PT1H\r\nSUMMARY:Amara and Jonas\r\nEND:VEVENT\r\n\
BEGIN:VEVENT\r\nUID:2\r\nDTSTART:20261201T150000Z\r\nDTEND:20261201T140000Z\r\nSUMMARY:Backwards\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let shown = stage.post(&[("file", file), ("holds", "own")]).await;
    let form = fields(&shown.text);
    assert_eq!(form.iter().find(|(name, _)| name == "step.0.take").map(|(_, v)| v.as_str()), Some("leave"));
    assert!(
        shown.text.contains("Set to skip: its time zone “Nowhere” isn’t known and was read as Berlin time."),
        "{}",
        shown.text
    );
    assert!(shown.text.contains("“Backwards” (line 8): it ends before it starts."), "{}", shown.text);
    assert!(shown.text.contains("1 entry is left out (see why below)."));
});

//! A calendar file from elsewhere is shown, and taken over as it is chosen.

use axum::http::StatusCode;
use store::Store;
use tests::{
    World,
    app::{App, Got},
    both,
    people::Cast,
};

/// Times of Berlin; the clock of the tests stands on 23 November 2026.
const FILE: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n\
BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261201T090000Z\r\nDTEND:20261201T095000Z\r\nSUMMARY:Amara and Jonas – session\r\nEND:VEVENT\r\n\
BEGIN:VEVENT\r\nUID:2\r\nDTSTART;TZID=Europe/Berlin:20261202T140000\r\nDTEND;TZID=Europe/Berlin:20261202T160000\r\nSUMMARY:canary-dentist\r\nRRULE:FREQ=WEEKLY;COUNT=2\r\nEND:VEVENT\r\n\
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
        let found = self.cast.desk.availability(self.cast.ruth.me()).await.unwrap().unwrap();
        found.exceptions.into_iter().map(|(_, e)| (e.of_all, format!("{} {}", e.first, e.reason))).collect()
    }

    async fn booked(&self, store: &Store) -> usize {
        let (from, until) = (store.now(), store.now() + chrono::Duration::days(400));
        self.cast.desk.calendar(from, until, Some(self.cast.ruth.me()), None).await.unwrap().len()
    }
}

/// The fields of the preview's form, as a browser sends them.
fn fields(html: &str) -> Vec<(String, String)> {
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

both!(appointments_are_shown_and_then_taken_over_once, |world| {
    let stage = Stage::new(&world).await;
    let shown = stage.post(&[("file", FILE), ("holds", "own")]).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.text.contains("4 entries"), "one, two of a rule, and whole days");
    assert!(!shown.text.contains("canary-dentist"), "titles are left out unless they are asked for");
    assert_eq!((stage.booked(&world.store).await, stage.exceptions().await.len()), (0, 0), "nothing is taken over yet");
    let form = fields(&shown.text);
    let take = |n: usize| form.iter().find(|(name, _)| *name == format!("step.{n}.take")).map(|(_, v)| v.as_str());
    assert_eq!([take(0), take(1), take(2), take(3)], [Some("session"), Some("busy"), Some("busy"), Some("leave")]);
    // Sent twice, it is one booking and one note.
    for _ in 0..2 {
        let done = stage.post(&pairs(&form)).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    }
    assert_eq!(stage.booked(&world.store).await, 1);
    let busy = (false, "2026-12-02 Busy".to_owned());
    assert_eq!(stage.exceptions().await, [busy, (false, "2026-12-09 Busy".to_owned())]);
    // Brought again, all of it is known, and left out.
    let again = stage.post(&[("file", FILE), ("holds", "own"), ("titles", "yes")]).await;
    assert_eq!(again.text.matches("Here already").count(), 3);
    assert!(again.text.contains("canary-dentist"));
    assert!(fields(&again.text).iter().filter(|(name, _)| name.ends_with(".take")).all(|(_, v)| v == "leave"));
});

both!(what_cannot_be_booked_stays_with_the_reason, |world| {
    let stage = Stage::new(&world).await;
    let form = fields(&stage.post(&[("file", FILE), ("holds", "own")]).await.text);
    assert!(matches!(stage.cast.book(&world.store, "2026-12-01 10:30").await, store::Booked::Done(_)));
    let refused = stage.post(&pairs(&form)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("is taken from"), "the reason stands at the entry");
    assert_eq!(fields(&refused.text).iter().filter(|(name, _)| name.ends_with(".take")).count(), 1);
    assert_eq!((stage.booked(&world.store).await, stage.exceptions().await.len()), (1, 2), "the others are taken over");
});

both!(public_holidays_close_the_practice_by_the_desk_alone, |world| {
    let stage = Stage::new(&world).await;
    let form = fields(&stage.post(&[("file", FILE), ("holds", "holidays")]).await.text);
    let mut chosen = form.clone();
    for (name, value) in &mut chosen {
        if name.ends_with(".take") && name != "step.3.take" {
            *value = "leave".to_owned();
        }
    }
    // A therapist's own: whatever their form says, it is theirs alone.
    let ruth = stage.app.cookie(&world, stage.cast.ruth.me()).await;
    let own = stage.app.post(&stage.path, Some(&ruth), &pairs(&chosen)).await;
    assert_eq!(own.status, StatusCode::SEE_OTHER);
    assert_eq!(stage.exceptions().await, [(false, "2026-12-25 Christmas".to_owned())]);
    assert_eq!(stage.post(&pairs(&chosen)).await.status, StatusCode::SEE_OTHER);
    assert!(stage.exceptions().await.contains(&(true, "2026-12-25 Christmas".to_owned())));
    // Another therapist finds no page here.
    let emeka = stage.app.cookie(&world, stage.cast.emeka.me()).await;
    let foreign = stage.app.post(&stage.path, Some(&emeka), &[("file", FILE)]).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
});

both!(nobody_is_booked_by_a_file_who_is_not_theirs, |world| {
    let stage = Stage::new(&world).await;
    let emeka = stage.app.cookie(&world, stage.cast.emeka.me()).await;
    let path = format!("/clinicians/{}/calendar-file", stage.cast.emeka.me());
    let shown = stage.app.post(&path, Some(&emeka), &[("file", FILE)]).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(!shown.text.contains("Amara Nwosu"), "a colleague's client is not found by a title");
    // Put into the form by hand: refused like every booking of theirs.
    let mut form = fields(&shown.text);
    form.iter_mut().find(|(name, _)| name == "step.0.take").unwrap().1 = "session".to_owned();
    form.push(("step.0.client".to_owned(), stage.cast.couple.to_string()));
    form.push(("place".to_owned(), "online".to_owned()));
    let refused = stage.app.post(&path, Some(&emeka), &pairs(&form)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let (from, until) = (world.store.now(), world.store.now() + chrono::Duration::days(400));
    assert!(stage.cast.desk.calendar(from, until, None, None).await.unwrap().is_empty());
});

both!(a_file_that_is_none_is_refused_with_its_line, |world| {
    let stage = Stage::new(&world).await;
    for (file, said) in
        [("", "Please choose a file."), ("BEGIN:VCALENDAR\r\nnonsense", "Line "), ("title = 1", "calendar file")]
    {
        let refused = stage.post(&[("file", file), ("titles", "yes")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains(said), "{file}");
        assert!(refused.text.contains("name=\"titles\"") && refused.text.contains("checked"), "what was chosen stays");
    }
    for wrong in [("step.0.when", "soon"), ("step.0.take", "all"), ("key", "")] {
        let form = fields(&stage.post(&[("file", FILE)]).await.text);
        let form: Vec<_> =
            form.into_iter().map(|(n, v)| if n == wrong.0 { (n, wrong.1.to_owned()) } else { (n, v) }).collect();
        assert_eq!(stage.post(&pairs(&form)).await.status, StatusCode::BAD_REQUEST, "{wrong:?}");
    }
    assert_eq!((stage.booked(&world.store).await, stage.exceptions().await.len()), (0, 0));
});

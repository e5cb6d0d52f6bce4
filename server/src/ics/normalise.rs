//! Cuts the bytes of a file into logical lines and components.
//!
//! Everything that would make the parser guess is decided here, line by line: the
//! character set, the line ends, folds inside a character, zone names that should
//! be in quotes, dates in the extended form of ISO 8601. A line that cannot be
//! decided is left out and reported with its number.

use std::{borrow::Cow, collections::BTreeMap};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// A property on one line, as it is in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The number of the line at which it begins, from 1.
    pub number: usize,
    pub text: String,
}

/// One component, without those inside it that are not needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// The line of its BEGIN.
    pub number: usize,
    /// Its properties; for a time zone also the BEGIN and END of its parts.
    pub lines: Vec<Line>,
    /// Its lines that are no property.
    pub bad: Vec<BadLine>,
    /// Whether its END is missing.
    pub is_cut: bool,
}

/// A line of a component that is no property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadLine {
    pub number: usize,
    /// Whether it is probably a part of the text before it, which was wrapped
    /// without being indented.
    pub is_wrapped_text: bool,
}

/// One VCALENDAR of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CalendarText {
    pub lines: Vec<Line>,
    pub events: Vec<Block>,
    pub zones: Vec<Block>,
    /// The number of components that are not appointments, by their name.
    pub others: BTreeMap<String, usize>,
}

/// The calendars of a file; `None`: it contains neither a calendar nor an event.
pub fn calendars(bytes: &[u8]) -> Option<Vec<CalendarText>> {
    let mut cutter = Cutter::default();
    for line in lines(bytes) {
        cutter.take_line(line);
    }
    cutter.close_block(false);
    (!cutter.calendars.is_empty()).then_some(cutter.calendars)
}

/// The logical lines of a file, decoded and unfolded, without empty ones.
///
/// Folds are removed from the bytes, because a program that counts octets may fold
/// inside a character (RFC 5545 §3.1). Then each line is decoded separately, so
/// that one line in another character set does not spoil the others.
pub fn lines(bytes: &[u8]) -> Vec<Line> {
    let bytes = as_single_bytes(bytes);
    let mut folded: Vec<(usize, Vec<u8>)> = Vec::new();
    let mut number = 0;
    let mut rest = &*bytes;
    while !rest.is_empty() {
        let end = rest.iter().position(|b| matches!(b, b'\r' | b'\n')).unwrap_or(rest.len());
        let (line, tail) = rest.split_at(end);
        rest = tail.strip_prefix(b"\r\n").or_else(|| tail.get(1..)).unwrap_or_default();
        number += 1;
        match (line.first(), folded.last_mut()) {
            (None, _) => {}
            (Some(b' ' | b'\t'), Some((_, before))) => before.extend_from_slice(&line[1..]),
            (_, Some((_, before))) if continues_quoted(before) => {
                before.pop();
                before.extend_from_slice(line);
            }
            _ => folded.push((number, line.to_vec())),
        }
    }
    let decoded = folded.into_iter().map(|(number, bytes)| {
        let text = decode(&bytes);
        // Control characters have no meaning in a property.
        Line { number, text: text.chars().filter(|c| !c.is_control() || *c == '\t').collect() }
    });
    decoded.filter(|line| !line.text.trim().is_empty()).collect()
}

/// A UTF-16 file, with or without a byte order mark, as UTF-8; any other file as it
/// is.
fn as_single_bytes(bytes: &[u8]) -> Cow<'_, [u8]> {
    let wide = match bytes {
        [0xFF, 0xFE, ..] => Some(UTF_16LE),
        [0xFE, 0xFF, ..] => Some(UTF_16BE),
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => Some(UTF_16LE),
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => Some(UTF_16BE),
        _ => None,
    };
    match wide {
        Some(encoding) => Cow::Owned(encoding.decode(bytes).0.into_owned().into_bytes()),
        None => Cow::Borrowed(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)),
    }
}

/// The characters of a line: as UTF-8; if it is not that, as its CHARSET says;
/// otherwise as Windows-1252, which includes Latin-1.
fn decode(line: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(line) {
        return text.to_owned();
    }
    let head = line.split(|b| *b == b':').next().unwrap_or_default().to_ascii_uppercase();
    let named = String::from_utf8_lossy(&head)
        .split(';')
        .find_map(|part| Encoding::for_label(part.strip_prefix("CHARSET=")?.trim_matches('"').as_bytes()));
    let encoding = named.filter(|e| *e != UTF_8).unwrap_or(WINDOWS_1252);
    encoding.decode_without_bom_handling(line).0.into_owned()
}

/// Whether a quoted-printable value (vCalendar 1.0) continues on the next line.
fn continues_quoted(line: &[u8]) -> bool {
    line.last() == Some(&b'=')
        && line
            .split(|b| *b == b':')
            .next()
            .is_some_and(|head| head.to_ascii_uppercase().windows(16).any(|w| w == b"QUOTED-PRINTABLE"))
}

/// The component that the lines are in.
#[derive(Default)]
enum Within {
    #[default]
    Calendar,
    Event(Block),
    Zone(Block),
}

/// Cuts lines into calendars and components, and adds a missing END.
#[derive(Default)]
struct Cutter {
    calendars: Vec<CalendarText>,
    within: Within,
    /// Components that are open inside the one that is read.
    inner: Vec<String>,
    /// Whether the line before was a property with prose, which may be wrapped.
    after_text: bool,
}

impl Cutter {
    /// The calendar that is read; one is made if the file has none.
    fn calendar(&mut self) -> &mut CalendarText {
        if self.calendars.is_empty() {
            self.calendars.push(CalendarText::default());
        }
        let last = self.calendars.len() - 1;
        &mut self.calendars[last]
    }

    /// Ends the component that is read; `has_end`: its END was there.
    fn close_block(&mut self, has_end: bool) {
        self.inner.clear();
        match std::mem::take(&mut self.within) {
            Within::Calendar => {}
            Within::Event(block) => self.calendar().events.push(Block { is_cut: !has_end, ..block }),
            Within::Zone(block) => self.calendar().zones.push(Block { is_cut: !has_end, ..block }),
        }
    }

    /// Takes the next line.
    fn take_line(&mut self, line: Line) {
        let Some((name, value)) = property(&line.text) else {
            let is_wrapped_text = self.after_text && !names_a_property(&line.text);
            let (bad, skipped) = (BadLine { number: line.number, is_wrapped_text }, !self.inner.is_empty());
            match &mut self.within {
                Within::Event(block) | Within::Zone(block) if !skipped => block.bad.push(bad),
                Within::Event(_) | Within::Zone(_) | Within::Calendar => {}
            }
            return;
        };
        let component = || value.trim().to_ascii_uppercase();
        match name.as_str() {
            "BEGIN" => self.begin(component(), line),
            "END" => self.end(&component(), line),
            _ => {
                self.after_text = is_text(&name);
                let is_inner = !self.inner.is_empty();
                match &mut self.within {
                    Within::Calendar if is_inner => {}
                    // The line is before any BEGIN, or in no calendar.
                    Within::Calendar => {
                        if let Some(calendar) = self.calendars.last_mut() {
                            calendar.lines.push(line);
                        }
                    }
                    Within::Event(block) if !is_inner => block.lines.push(line),
                    Within::Zone(block) => block.lines.push(line),
                    Within::Event(_) => {}
                }
            }
        }
    }

    /// Notes a component inside the one that is read. At most 16 are noted: no
    /// program nests deeper, and closing one looks through all of them.
    fn open(&mut self, component: String) {
        if self.inner.len() < 16 {
            self.inner.push(component);
        }
    }

    /// Takes a BEGIN.
    fn begin(&mut self, component: String, line: Line) {
        self.after_text = false;
        let block = Block { number: line.number, ..Block::default() };
        match component.as_str() {
            "VCALENDAR" => {
                self.close_block(false);
                self.calendars.push(CalendarText::default());
            }
            "VEVENT" => {
                self.close_block(false);
                self.within = Within::Event(block);
            }
            "VTIMEZONE" => {
                self.close_block(false);
                self.within = Within::Zone(block);
            }
            _ => match &mut self.within {
                Within::Calendar => {
                    if self.inner.is_empty() && !self.calendars.is_empty() {
                        *self.calendar().others.entry(component.clone()).or_default() += 1;
                    }
                    self.open(component);
                }
                Within::Event(_) => self.open(component),
                Within::Zone(zone) => {
                    if matches!(component.as_str(), "STANDARD" | "DAYLIGHT") {
                        zone.lines.push(line);
                    }
                }
            },
        }
    }

    /// Takes an END.
    fn end(&mut self, component: &str, line: Line) {
        self.after_text = false;
        match (component, &mut self.within) {
            ("VCALENDAR", _) => self.close_block(false),
            ("VEVENT", Within::Event(_)) | ("VTIMEZONE", Within::Zone(_)) => self.close_block(true),
            ("STANDARD" | "DAYLIGHT", Within::Zone(zone)) => zone.lines.push(line),
            _ => {
                if let Some(at) = self.inner.iter().rposition(|open| open == component) {
                    self.inner.truncate(at);
                }
            }
        }
    }
}

/// The name of a property in capitals, and the text after its colon. `None`: the
/// line is no property (RFC 5545 §3.1).
pub fn property(line: &str) -> Option<(String, &str)> {
    let end = line.find([';', ':'])?;
    let name = line[..end].trim();
    let fits = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    let colon = colon_of(line)?;
    fits.then(|| (name.to_ascii_uppercase(), &line[colon + 1..]))
}

/// The place of the colon before a line's value: the first one outside quotes or,
/// if the quotes do not close, the first one of all. `None`: there is no colon.
fn colon_of(line: &str) -> Option<usize> {
    let mut is_quoted = false;
    let at = line.bytes().position(|b| {
        is_quoted ^= b == b'"';
        b == b':' && !is_quoted
    });
    at.or_else(|| line.find(':'))
}

/// Whether a property is prose, which programs may wrap wrongly.
fn is_text(name: &str) -> bool {
    matches!(name, "DESCRIPTION" | "COMMENT" | "LOCATION" | "CONTACT" | "SUMMARY") || name.starts_with("X-")
}

/// Whether a line begins with the name of a property that decides when an event
/// takes place.
fn names_a_property(line: &str) -> bool {
    let word = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next().unwrap_or_default();
    let names = ["DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID", "STATUS"];
    names.iter().any(|name| name.eq_ignore_ascii_case(word))
}

/// The result of reading a line with dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DateLine {
    /// The line in the form that the parser reads without a doubt.
    Clear(String),
    /// The line contradicts itself; the text is how it is read anyway, and then the
    /// doubt.
    Doubtful(String, &'static str),
    /// The line has no date that can be read.
    Unreadable,
}

/// A line with one or more dates, times or periods, in the one form that the parser
/// reads without guessing: `NAME;TZID="…";VALUE=…:value`.
pub fn date_line(line: &str) -> DateLine {
    let Some((name, _)) = property(line) else { return DateLine::Unreadable };
    // A zone's name without quotes may contain colons, commas and semicolons. So
    // the value is the longest end of the line that looks like one.
    let ends = line.match_indices(':').map(|(at, _)| at);
    let Some((head, value)) = ends
        .map(|at| (&line[..at], &line[at + 1..]))
        .find_map(|(head, value)| Some((head, value.split(',').map(date_value).collect::<Option<Vec<_>>>()?)))
    else {
        return DateLine::Unreadable;
    };
    let mut doubt = None;
    let mut out = name;
    let (zone, others) = zone_of(head);
    if let Some(zone) = zone {
        out.push_str(&format!(";TZID=\"{}\"", zone.replace('"', "")));
    }
    let mut kind = None;
    for (name, text) in &others {
        match name.as_str() {
            "VALUE" => kind = Some(text.to_ascii_uppercase()),
            "RANGE" if text.eq_ignore_ascii_case("THISANDFUTURE") => out.push_str(";RANGE=THISANDFUTURE"),
            "RANGE" => doubt = Some("its RANGE isn’t understood"),
            _ => {}
        }
    }
    let periods = value.iter().any(|v| v.contains('/'));
    let mut value = value;
    match kind.as_deref() {
        // A whole day that is written with a midnight. With another time it is read
        // as a time.
        Some("DATE") if value.iter().all(|v| v.len() > 8 && v.get(8..15) == Some("T000000")) => {
            value.iter_mut().for_each(|v| v.truncate(8));
        }
        Some("DATE") if value.iter().any(|v| v.len() > 8) => {
            doubt = Some("it is marked as a whole day but has a time");
        }
        Some("PERIOD") if !periods => doubt = Some("it should be a period but isn’t"),
        _ => {}
    }
    if periods {
        out.push_str(";VALUE=PERIOD");
    } else if value.iter().all(|v| v.len() == 8) {
        out.push_str(";VALUE=DATE");
    }
    out.push(':');
    out.push_str(&value.join(","));
    match doubt {
        Some(why) => DateLine::Doubtful(out, why),
        None => DateLine::Clear(out),
    }
}

/// The TZID among a property's parameters, and the other parameters with their
/// names in capitals.
fn zone_of(head: &str) -> (Option<String>, Vec<(String, String)>) {
    // The parameters. A semicolon counts only if it is between two of them.
    let mut parts: Vec<String> = Vec::new();
    for part in head.split(';').skip(1) {
        let begins = part.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty() && name.trim().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        });
        match parts.last_mut() {
            Some(last) if !begins => {
                last.push(';');
                last.push_str(part);
            }
            _ => parts.push(part.to_owned()),
        }
    }
    let mut zone = None;
    let mut others = Vec::new();
    for part in parts {
        let Some((name, text)) = part.split_once('=') else { continue };
        let (name, text) = (name.trim().to_ascii_uppercase(), text.trim().trim_matches('"').trim().to_owned());
        if name == "TZID" {
            zone = Some(text).filter(|t| !t.is_empty());
        } else {
            others.push((name, text));
        }
    }
    (zone, others)
}

/// A date (`20261201`), a time (`20261201T090000`, with `Z` or an offset at its
/// end) or a period in the basic form; `None`: the text is none of these.
fn date_value(text: &str) -> Option<String> {
    let text = text.trim();
    if let Some((start, end)) = text.split_once('/') {
        let end = if end.trim_start().starts_with(['P', 'p', '+', '-']) {
            end.trim().to_ascii_uppercase()
        } else {
            date_value(end)?
        };
        return Some(format!("{}/{end}", date_value(start)?));
    }
    let split = text.find(['T', 't', ' ']);
    let (date, time) = split.map_or((text, ""), |at| (&text[..at], &text[at + 1..]));
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit()).then(|| text.to_owned());
    let date = if date.len() == 10 { digits(&date.replace('-', ""))? } else { digits(date)? };
    if date.len() != 8 {
        return None;
    }
    if split.is_none() {
        return Some(date);
    }
    let zone_at = time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(zone_at);
    let clock = clock.split('.').next().unwrap_or_default();
    let clock = match digits(&clock.replace(':', ""))? {
        hm if hm.len() == 4 => hm + "00",
        hms if hms.len() == 6 => hms,
        _ => return None,
    };
    let zone = match zone {
        "" => String::new(),
        "Z" | "z" => "Z".to_owned(),
        offset => {
            let figures = digits(&offset[1..].replace(':', ""))?;
            match figures.len() {
                2 => format!("{}{figures}00", &offset[..1]),
                4 => format!("{}{figures}", &offset[..1]),
                _ => return None,
            }
        }
    };
    Some(format!("{date}T{clock}{zone}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(bytes: &[u8]) -> Vec<String> {
        lines(bytes).into_iter().map(|l| l.text).collect()
    }

    #[test]
    fn every_kind_of_line_end_is_read() {
        let expected = vec!["A:1".to_owned(), "B:23".into(), "C:4".into()];
        for text in
            ["A:1\r\nB:2\r\n 3\r\nC:4\r\n", "A:1\nB:2\n\t3\nC:4", "A:1\rB:2\r 3\rC:4\r", "A:1\r\r\nB:2\n\r 3\rC:4\n"]
        {
            assert_eq!(texts(text.as_bytes()), expected, "{text:?}");
        }
        let numbers: Vec<usize> = lines(b"A:1\r\n\r\nB:2\r\n 3\r\nC:4\r\n").iter().map(|l| l.number).collect();
        assert_eq!(numbers, [1, 3, 5]);
    }

    #[test]
    fn every_character_set_is_decoded() {
        let wide = |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        let text = "SUMMARY:Gespräch 💛";
        let expected = vec![text.to_owned()];
        assert_eq!(texts(format!("\u{feff}{text}").as_bytes()), expected);
        assert_eq!(texts(&wide(text, u16::to_le_bytes)), expected);
        assert_eq!(texts(&wide(&format!("\u{feff}{text}"), u16::to_le_bytes)), expected);
        assert_eq!(texts(&wide(&format!("\u{feff}{text}"), u16::to_be_bytes)), expected);
        assert_eq!(texts(b"SUMMARY:Gespr\xE4ch \x96 \x80"), ["SUMMARY:Gespräch – €"]);
        assert_eq!(texts(b"SUMMARY;CHARSET=ISO-8859-2:\xA3uk"), ["SUMMARY;CHARSET=ISO-8859-2:Łuk"]);
        // One line in another character set does not spoil the others.
        assert_eq!(texts("A:ä\r\nB:\u{1}ö".as_bytes()), ["A:ä", "B:ö"]);
        assert_eq!(texts(b"A:\xC3\r\n \xA4\r\nB:\xE4\r\n"), ["A:ä", "B:ä"], "a fold inside a character");
        assert_eq!(
            texts(b"S;ENCODING=QUOTED-PRINTABLE:a=20=\r\nb\r\nC:1"),
            ["S;ENCODING=QUOTED-PRINTABLE:a=20b", "C:1"]
        );
    }

    #[test]
    fn dates_are_written_in_the_one_form_of_the_parser() {
        for (line, expected) in [
            ("DTSTART:20261201T090000Z", "DTSTART:20261201T090000Z"),
            ("dtstart;value=date:20261201", "DTSTART;VALUE=DATE:20261201"),
            ("DTSTART:20261201", "DTSTART;VALUE=DATE:20261201"),
            ("DTSTART;VALUE=DATE-TIME:2026-12-01T09:00:00Z", "DTSTART:20261201T090000Z"),
            ("DTSTART: 2026-12-01 09:00 ", "DTSTART:20261201T090000"),
            ("DTSTART:20261201T0900Z", "DTSTART:20261201T090000Z"),
            ("DTSTART:20261201T090000+01:00", "DTSTART:20261201T090000+0100"),
            ("DTSTART;VALUE=DATE:20261201T000000", "DTSTART;VALUE=DATE:20261201"),
            ("DTSTART;TZID=Europe/Berlin:20261201T090000", "DTSTART;TZID=\"Europe/Berlin\":20261201T090000"),
            (
                "DTSTART;TZID=tzone://Microsoft/Custom:20261201T090000",
                "DTSTART;TZID=\"tzone://Microsoft/Custom\":20261201T090000",
            ),
            (
                "DTSTART;TZID=(UTC+01:00) Amsterdam, Berlin; Bern:20261201T090000",
                "DTSTART;TZID=\"(UTC+01:00) Amsterdam, Berlin; Bern\":20261201T090000",
            ),
            (
                "EXDATE;TZID=\"A:B\";X=1:20261201T090000,20261208T090000",
                "EXDATE;TZID=\"A:B\":20261201T090000,20261208T090000",
            ),
            (
                "RDATE;VALUE=PERIOD:20261201T090000Z/pt1h,20261202T090000Z/20261202T100000Z",
                "RDATE;VALUE=PERIOD:20261201T090000Z/PT1H,20261202T090000Z/20261202T100000Z",
            ),
            (
                "RECURRENCE-ID;RANGE=thisandfuture:20261201T090000Z",
                "RECURRENCE-ID;RANGE=THISANDFUTURE:20261201T090000Z",
            ),
        ] {
            assert_eq!(date_line(line), DateLine::Clear(expected.to_owned()), "{line}");
        }
        for line in ["DTSTART:soon", "DTSTART:2026", "DTSTART:20261201T9", "DTSTART:1.12.2026", "DTSTART", "DTSTART:"] {
            assert_eq!(date_line(line), DateLine::Unreadable, "{line}");
        }
        for line in ["DTSTART;VALUE=DATE:20261201T093000", "RECURRENCE-ID;RANGE=THISANDPRIOR:20261201T090000Z"] {
            assert!(matches!(date_line(line), DateLine::Doubtful(..)), "{line}");
        }
    }

    #[test]
    fn components_end_at_their_end_or_where_it_is_missing() {
        let text = "BEGIN:VCALENDAR\nMETHOD:PUBLISH\nBEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\nTZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE\n\
                    BEGIN:VEVENT\nUID:1\nBEGIN:VALARM\nTRIGGER:-PT5M\nbad\nEND:VALARM\nSUMMARY:a\nwrapped\nEND:VEVENT\nBEGIN:VTODO\nUID:t\nEND:VTODO\n\
                    BEGIN:VEVENT\nUID:2\nnonsense\nbegin:vevent\nUID:3\nEND:VCALENDAR\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:4\n";
        let calendars = calendars(text.as_bytes()).unwrap();
        assert_eq!(calendars.len(), 2);
        let first = &calendars[0];
        assert_eq!(first.lines[0].text, "METHOD:PUBLISH");
        assert_eq!(first.zones[0].lines.len(), 4);
        assert_eq!(first.others, BTreeMap::from([("VTODO".to_owned(), 1)]));
        let told: Vec<_> = first.events.iter().map(|e| (e.number, e.lines.len(), e.bad.clone(), e.is_cut)).collect();
        assert_eq!(
            told,
            [
                (9, 2, vec![BadLine { number: 16, is_wrapped_text: true }], false),
                (21, 1, vec![BadLine { number: 23, is_wrapped_text: false }], true),
                (24, 1, vec![], true)
            ]
        );
        assert!(calendars[1].events[0].is_cut, "the file ends within it");
        assert_eq!(super::calendars(b"slug = 1"), None);
        assert_eq!(super::calendars(b"BEGIN:VCALENDAR\n".repeat(10_000).as_slice()).map(|c| c.len()), Some(10_000));
    }

    proptest! {
        #[test]
        fn any_bytes_can_be_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), line in "[A-Z;=:\",/PT0-9 äZ+-]{0,40}") {
            let _ = calendars(&bytes);
            let _ = date_line(&line);
        }
    }
}

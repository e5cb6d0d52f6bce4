//! The people of the demo, all of them invented.

/// A couple of the demo, or one partner without the other.
pub(super) struct Pair {
    /// Name, pronouns and time zone of the first partner; [`HERE`] for the zone of
    /// the practice.
    pub a: (&'static str, &'static str, &'static str),
    pub b: Option<(&'static str, &'static str, &'static str)>,
    /// The index of their therapist: 0 Ruth, 1 Emeka, 2 Sofia.
    pub clinician: usize,
    /// When their session of today is, in full hours from the present one; `None`:
    /// they have none.
    pub today: Option<i64>,
    /// Their sessions on other days: days from today, and the hour.
    pub sessions: &'static [(i64, u32)],
    /// Slugs of their exercises, with how far each partner is: 0 not begun, 1 a
    /// draft, 2 submitted.
    pub exercises: &'static [(&'static str, u8, u8)],
    pub invited: Invited,
}

/// Which partners of a couple were invited to the portal.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Invited {
    /// Neither was invited.
    Nobody,
    /// Both were invited and accepted.
    Both,
    /// Both were invited; neither has accepted yet.
    Waiting,
}

/// The time zone of the demo practice in the middle of Berlin's day.
pub(super) const BERLIN: &str = "Europe/Berlin";

/// The time zone of people who live where the practice is.
pub(super) const HERE: &str = "";

/// The clients of the demo.
pub(super) const PAIRS: &[Pair] = &[
    Pair {
        a: ("Amara Nwosu", "she/her", HERE),
        b: Some(("Jonas Weber", "he/him", HERE)),
        clinician: 0,
        today: Some(2),
        sessions: &[(-14, 10), (-7, 10), (7, 10)],
        exercises: &[("reachable", 2, 0), ("home-exhausted", 0, 0)],
        invited: Invited::Both,
    },
    Pair {
        a: ("Priya Raghunathan", "she/her", "Asia/Kolkata"),
        b: Some(("Daniel Okonkwo", "he/him", "America/New_York")),
        clinician: 0,
        today: None,
        sessions: &[(-7, 11), (1, 14), (8, 14)],
        exercises: &[("performance-signs", 2, 2)],
        invited: Invited::Both,
    },
    Pair {
        a: ("Lucía Fernández", "she/her", HERE),
        b: Some(("Mei-Ling Chou", "she/her", HERE)),
        clinician: 0,
        today: Some(-1),
        sessions: &[(-3, 9), (4, 9)],
        exercises: &[("validate-first", 2, 1), ("signs-of-connection", 2, 2)],
        invited: Invited::Both,
    },
    Pair {
        a: ("Tomasz Zieliński", "he/him", "Europe/Warsaw"),
        b: Some(("Henrik Solberg", "he/him", "Europe/Oslo")),
        clinician: 0,
        today: Some(0),
        sessions: &[(-6, 16), (2, 16)],
        exercises: &[("safety-check", 1, 0)],
        invited: Invited::Both,
    },
    Pair {
        a: ("Sunita तामाङ", "she/her", "Asia/Kathmandu"),
        b: Some(("Bikram Thapa", "he/him", "Asia/Kathmandu")),
        clinician: 0,
        today: None,
        sessions: &[(3, 9)],
        exercises: &[("who-you-are", 2, 0)],
        invited: Invited::Waiting,
    },
    Pair {
        a: ("Rosalind Achterberg-van der Hoeven", "she/they", "Europe/Amsterdam"),
        b: None,
        clinician: 0,
        today: Some(4),
        sessions: &[(5, 11)],
        exercises: &[("when-i-felt-alone", 2, 0)],
        invited: Invited::Both,
    },
    Pair {
        a: ("Yusuf Demir", "he/him", HERE),
        b: Some(("Elif Demir", "she/her", HERE)),
        clinician: 1,
        today: Some(-1),
        sessions: &[(-7, 13), (7, 13)],
        exercises: &[("rebuilding-pact", 2, 2), ("capacity-map", 0, 2)],
        invited: Invited::Both,
    },
    Pair {
        a: ("Nomvula Dlamini", "she/her", "Africa/Johannesburg"),
        b: Some(("Pieter Botha", "he/him", "Africa/Johannesburg")),
        clinician: 1,
        today: Some(0),
        sessions: &[(14, 14)],
        exercises: &[("spacious-or-effortful", 2, 2)],
        invited: Invited::Both,
    },
    Pair {
        a: ("Alex Moreau", "they/them", "Europe/Paris"),
        b: Some(("Sam Whitlock", "they/them", "Europe/London")),
        clinician: 1,
        today: Some(3),
        sessions: &[(1, 10)],
        exercises: &[("i-statements", 2, 2), ("without-words", 0, 1)],
        invited: Invited::Both,
    },
    Pair {
        a: ("Beatriz Carvalho", "she/her", "America/Sao_Paulo"),
        b: Some(("Rafael Carvalho", "he/him", "America/Sao_Paulo")),
        clinician: 1,
        today: None,
        sessions: &[(-1, 17), (6, 17)],
        exercises: &[("performance-pressure", 2, 0)],
        invited: Invited::Both,
    },
    Pair {
        a: ("Ingrid Halvorsen", "she/her", "Europe/Oslo"),
        b: Some(("Olav Halvorsen", "he/him", "Europe/Oslo")),
        clinician: 2,
        today: Some(-2),
        sessions: &[(7, 9)],
        exercises: &[("stored-resentment", 1, 0)],
        invited: Invited::Both,
    },
    Pair {
        a: ("Grace Adeyemi", "she/her", "Africa/Lagos"),
        b: Some(("Tunde Adeyemi", "he/him", "Africa/Lagos")),
        clinician: 2,
        today: Some(1),
        sessions: &[(9, 16)],
        exercises: &[("same-side-in-conflict", 2, 2)],
        invited: Invited::Both,
    },
    Pair {
        a: ("Noa Lindqvist", "she/her", "Europe/Stockholm"),
        b: Some(("Kit Lindqvist", "he/they", "Australia/Sydney")),
        clinician: 2,
        today: Some(3),
        sessions: &[(2, 9)],
        exercises: &[],
        invited: Invited::Nobody,
    },
    Pair {
        a: ("Farah Siddiqui", "she/her", "Asia/Karachi"),
        b: Some(("Imran Siddiqui", "he/him", "Asia/Dubai")),
        clinician: 2,
        today: None,
        sessions: &[(-5, 12), (3, 12)],
        exercises: &[("strategies-that-kept-me-safe", 2, 0)],
        invited: Invited::Both,
    },
];

/// The couple that shares one email address: its index in [`PAIRS`], and the
/// address.
pub(super) const SHARED_ADDRESS: (usize, &str) = (6, "demir.family@example.org");

/// The partner who gets no reminders by email.
pub(super) const PORTAL_ONLY: &str = "Elif Demir";

/// The partner who gets email only within safe hours.
pub(super) const SAFE_HOURS: &str = "Ingrid Halvorsen";

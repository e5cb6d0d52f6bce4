//! The secrets policy of a couple: what the therapist does with what one of the two
//! says alone.
//!
//! A policy is a preset with its decisions, signed by each of the two. It applies
//! once both have signed, until the next one that both have signed; it never reaches
//! back. If one of the two withdraws, it is suspended: what is new about that person
//! is kept as narrow as possible until the therapist proposes it again. Nobody else
//! learns of the withdrawal.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    clients::client::Seat,
    form::{Errors, Form, Reader},
    records::note::NoteScope,
};

crate::words! {
    /// A policy as it begins, before the therapist changes its decisions.
    pub enum Preset {
        NoSecrets = "no_secrets", "No secrets";
        LimitedSecrets = "limited_secrets", "Limited secrets";
        SeparateConfidences = "separate_confidences", "Separate confidences";
    }
}

impl Preset {
    /// The name of the text that this preset is signed with.
    pub const fn text_key(self) -> &'static str {
        match self {
            Self::NoSecrets => "policy-no-secrets",
            Self::LimitedSecrets => "policy-limited-secrets",
            Self::SeparateConfidences => "policy-separate-confidences",
        }
    }

    /// What the preset means, in one sentence for the therapist.
    pub const fn summary(self) -> &'static str {
        match self {
            Self::NoSecrets => "What one partner says alone belongs to the work of both.",
            Self::LimitedSecrets => "You decide what is shared; each may tell the other first.",
            Self::SeparateConfidences => "What one partner says alone is shared only with their permission.",
        }
    }
}

crate::words! {
    /// Who the client is.
    pub enum WhoIsClient {
        Couple = "couple", "The couple as a unit";
        CoupleAndEach = "couple_and_each", "The couple, and each partner too";
    }
}

crate::words! {
    /// What counts as contact with one partner alone.
    pub enum AloneContact {
        Sessions = "sessions", "Sessions with one partner";
        Everything = "everything", "Sessions, calls, messages, and answers to exercises";
    }
}

crate::words! {
    /// Who decides what of it the other partner is told.
    pub enum Decider {
        NotNeeded = "not_needed", "No decision: all of it may be shared";
        Therapist = "therapist", "The therapist";
        Person = "person", "Only the partner who said it";
    }
}

crate::words! {
    /// By when the partner may tell the other first.
    pub enum TellFirst {
        No = "no", "Not offered";
        NextSession = "next_session", "Until the next joint session";
        TwoWeeks = "two_weeks", "Within two weeks";
        FourWeeks = "four_weeks", "Within four weeks";
    }
}

crate::words! {
    /// What else is exempt, beside violence, coercion, risk and screening, which are
    /// always exempt.
    pub enum Exempt {
        Health = "health", "Their own health";
        Past = "past", "Relationships that ended before this one";
        Identity = "identity", "Sexual orientation and gender identity";
    }
}

crate::words! {
    /// What happens if the partner refuses to have it shared.
    pub enum Refused {
        Continue = "continue", "The work continues, and it stays private";
        Pause = "pause", "The couple work pauses until it is resolved";
        End = "end", "The therapist may end the couple work, without the reason";
    }
}

crate::words! {
    /// How sessions with one partner relate to the couple work.
    pub enum AloneSessions {
        PartOfWork = "part_of_work", "Part of the couple work";
        Separate = "separate", "Separate from the couple work";
    }
}

crate::words! {
    /// Who signs before a part of the record is released to a third party.
    pub enum ReleaseSigners {
        Both = "both", "Both, also for the note of a session with one partner";
        OwnAlone = "own_alone", "Both; only the one partner for the note of their own session";
    }
}

crate::words! {
    /// What a partner who asks for their own data gets.
    pub enum OwnAccess {
        OwnAndJoint = "own_and_joint", "Their own part and the joint record";
        OwnAndDecided = "own_and_decided", "Their own part; the joint record entry by entry";
    }
}

crate::words! {
    /// What applies in court.
    pub enum Court {
        NeitherCalls = "neither_calls", "Neither partner asks the therapist to testify";
        OnlyByOrder = "only_by_order", "The therapist testifies only if the law orders it";
    }
}

/// The decisions of a secrets policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decisions {
    pub client: WhoIsClient,
    pub contact: AloneContact,
    pub decider: Decider,
    pub tell_first: TellFirst,
    pub exempt: Vec<Exempt>,
    pub refused: Refused,
    pub sessions: AloneSessions,
    pub release: ReleaseSigners,
    pub access: OwnAccess,
    pub court: Court,
}

impl Decisions {
    /// The decisions with which a preset begins.
    pub fn of(preset: Preset) -> Self {
        let limited = Self {
            client: WhoIsClient::CoupleAndEach,
            contact: AloneContact::Everything,
            decider: Decider::Therapist,
            tell_first: TellFirst::NextSession,
            exempt: vec![],
            refused: Refused::Pause,
            sessions: AloneSessions::PartOfWork,
            release: ReleaseSigners::Both,
            access: OwnAccess::OwnAndDecided,
            court: Court::NeitherCalls,
        };
        match preset {
            Preset::LimitedSecrets => limited,
            Preset::NoSecrets => Self {
                client: WhoIsClient::Couple,
                decider: Decider::NotNeeded,
                refused: Refused::End,
                access: OwnAccess::OwnAndJoint,
                ..limited
            },
            Preset::SeparateConfidences => Self {
                decider: Decider::Person,
                tell_first: TellFirst::No,
                refused: Refused::Continue,
                sessions: AloneSessions::Separate,
                release: ReleaseSigners::OwnAlone,
                ..limited
            },
        }
    }

    /// Reads the decisions from the form of a proposal.
    pub fn read(form: &Form) -> Result<Self, Errors> {
        const CHOOSE: &str = "Choose one of these.";
        let mut r = Reader::new(form);
        let client = r.word("client", CHOOSE);
        let contact = r.word("contact", CHOOSE);
        let decider: Result<Decider, Errors> = r.word("decider", CHOOSE);
        let tell_first = r.word("tell_first", CHOOSE);
        let mut exempt: Vec<Exempt> = r.several("exempt");
        exempt.sort_unstable();
        exempt.dedup();
        let refused = r.word("refused", CHOOSE);
        let sessions = r.word("sessions", CHOOSE);
        let release = r.word("release", CHOOSE);
        let access = r.word("access", CHOOSE);
        let court = r.word("court", CHOOSE);
        r.finish()?;
        Ok(Self {
            client: client?,
            contact: contact?,
            decider: decider?,
            tell_first: tell_first?,
            exempt,
            refused: refused?,
            sessions: sessions?,
            release: release?,
            access: access?,
            court: court?,
        })
    }

    /// Fills the fields of the form of a proposal.
    pub fn fill(&self, form: &mut Form) {
        form.set("client", self.client.word());
        form.set("contact", self.contact.word());
        form.set("decider", self.decider.word());
        form.set("tell_first", self.tell_first.word());
        form.0.retain(|(name, _)| name != "exempt");
        form.0.extend(self.exempt.iter().map(|exempt| ("exempt".to_owned(), exempt.word().to_owned())));
        form.set("refused", self.refused.word());
        form.set("sessions", self.sessions.word());
        form.set("release", self.release.word());
        form.set("access", self.access.word());
        form.set("court", self.court.word());
    }

    /// The decisions that differ from the preset's, as the therapist reads them.
    pub fn changes(&self, preset: Preset) -> Vec<&'static str> {
        let usual = Self::of(preset);
        let mut changed: Vec<&'static str> = [
            (self.client != usual.client, self.client.label()),
            (self.contact != usual.contact, self.contact.label()),
            (self.decider != usual.decider, self.decider.label()),
            (self.tell_first != usual.tell_first, self.tell_first.label()),
            (self.refused != usual.refused, self.refused.label()),
            (self.sessions != usual.sessions, self.sessions.label()),
            (self.release != usual.release, self.release.label()),
            (self.access != usual.access, self.access.label()),
            (self.court != usual.court, self.court.label()),
        ]
        .into_iter()
        .filter_map(|(differs, label)| differs.then_some(label))
        .collect();
        changed.extend(self.exempt.iter().map(|exempt| exempt.label()));
        changed
    }
}

/// The secrets policy of a client at this moment.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum PolicyState {
    /// None was proposed, or the client is an individual, who needs none.
    #[default]
    None,
    /// Proposed and not signed by both, and none applied before.
    Proposed {
        preset: Preset,
        /// Its name as staff read it, such as "Limited secrets".
        words: String,
        since: DateTime<Utc>,
    },
    /// Signed by both.
    InForce {
        preset: Preset,
        /// Its name as staff read it, such as "Limited secrets".
        words: String,
        /// When the second of the two signed.
        since: DateTime<Utc>,
        decisions: Box<Decisions>,
        /// Another policy that was proposed since and is not signed by both; `None`:
        /// there is none.
        proposed: Option<Preset>,
    },
    /// Signed by both, and withdrawn by one or both since. Nobody but the therapist
    /// may learn of it.
    Suspended {
        preset: Preset,
        /// Its name as staff read it, such as "Limited secrets".
        words: String,
        /// When it was first withdrawn.
        since: DateTime<Utc>,
        decisions: Box<Decisions>,
        /// The seats of those who withdrew.
        by: Vec<Seat>,
        /// Another policy that was proposed since and is not signed by both; `None`:
        /// there is none.
        proposed: Option<Preset>,
    },
}

impl PolicyState {
    /// Whether a policy applies that both have signed and neither has withdrawn.
    pub const fn is_in_force(&self) -> bool {
        matches!(self, Self::InForce { .. })
    }

    /// The state in words for staff, such as the header of a note.
    pub fn words(&self) -> String {
        match self {
            Self::None => "No secrets policy".to_owned(),
            Self::Proposed { words, .. } => format!("{words}: proposed, not signed by both"),
            Self::InForce { words, .. } => words.clone(),
            Self::Suspended { words, .. } => format!("{words}: suspended"),
        }
    }
}

/// The scope with which a note about one partner begins; `None`: it is not about one
/// partner.
const fn seat_of(scope: NoteScope) -> Option<Seat> {
    match scope {
        NoteScope::PartnerA => Some(Seat::A),
        NoteScope::PartnerB => Some(Seat::B),
        NoteScope::Joint | NoteScope::Process => None,
    }
}

/// The scope with which a new note begins under this policy. `fits` is the scope that
/// fits who came to the session. `None`: the therapist chooses.
///
/// Under *no secrets*, where sessions with one partner are part of the couple work,
/// the note of such a session begins in the joint record. Under any other policy it
/// begins in that partner's. While a policy is suspended, nothing begins in the joint
/// record: content of a partner who withdrew is kept as narrow as it can be.
pub fn default_note_scope(state: &PolicyState, fits: Option<NoteScope>) -> Option<NoteScope> {
    let fits = fits?;
    match state {
        PolicyState::None | PolicyState::Proposed { .. } => Some(fits),
        PolicyState::InForce { preset: Preset::NoSecrets, decisions, .. }
            if seat_of(fits).is_some() && decisions.sessions == AloneSessions::PartOfWork =>
        {
            Some(NoteScope::Joint)
        }
        PolicyState::InForce { .. } => Some(fits),
        PolicyState::Suspended { .. } => (fits != NoteScope::Joint).then_some(fits),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_force(preset: Preset) -> PolicyState {
        PolicyState::InForce {
            preset,
            words: preset.label().to_owned(),
            since: DateTime::UNIX_EPOCH,
            decisions: Box::new(Decisions::of(preset)),
            proposed: None,
        }
    }

    fn suspended(by: &[Seat]) -> PolicyState {
        let preset = Preset::NoSecrets;
        PolicyState::Suspended {
            preset,
            words: preset.label().to_owned(),
            since: DateTime::UNIX_EPOCH,
            decisions: Box::new(Decisions::of(preset)),
            by: by.to_vec(),
            proposed: None,
        }
    }

    fn proposed() -> PolicyState {
        let preset = Preset::NoSecrets;
        PolicyState::Proposed { preset, words: preset.label().to_owned(), since: DateTime::UNIX_EPOCH }
    }

    #[test]
    fn new_notes_begin_in_the_scope_of_the_policy() {
        use NoteScope::{Joint, PartnerA, PartnerB, Process};
        let own_sessions = match in_force(Preset::NoSecrets) {
            PolicyState::InForce { preset, words, since, decisions, proposed } => PolicyState::InForce {
                preset,
                words,
                since,
                decisions: Box::new(Decisions { sessions: AloneSessions::Separate, ..*decisions }),
                proposed,
            },
            other => other,
        };
        for (name, state, fits, begins) in [
            ("none", PolicyState::None, Some(Joint), Some(Joint)),
            ("none", PolicyState::None, Some(PartnerA), Some(PartnerA)),
            ("none", PolicyState::None, None, None),
            ("proposed", proposed(), Some(PartnerB), Some(PartnerB)),
            ("no secrets", in_force(Preset::NoSecrets), Some(Joint), Some(Joint)),
            ("no secrets", in_force(Preset::NoSecrets), Some(PartnerA), Some(Joint)),
            ("no secrets", in_force(Preset::NoSecrets), Some(Process), Some(Process)),
            ("no secrets", in_force(Preset::NoSecrets), None, None),
            ("no secrets, separate sessions", own_sessions, Some(PartnerA), Some(PartnerA)),
            ("limited", in_force(Preset::LimitedSecrets), Some(PartnerB), Some(PartnerB)),
            ("limited", in_force(Preset::LimitedSecrets), Some(Joint), Some(Joint)),
            ("separate", in_force(Preset::SeparateConfidences), Some(PartnerA), Some(PartnerA)),
            ("suspended", suspended(&[Seat::A]), Some(PartnerA), Some(PartnerA)),
            ("suspended", suspended(&[Seat::A]), Some(PartnerB), Some(PartnerB)),
            ("suspended", suspended(&[Seat::B]), Some(Joint), None),
        ] {
            assert_eq!(default_note_scope(&state, fits), begins, "{name}, {fits:?}");
        }
    }

    #[test]
    fn decisions_of_a_form_are_those_that_filled_it() {
        for preset in Preset::ALL {
            let decisions = Decisions { exempt: vec![Exempt::Past], ..Decisions::of(*preset) };
            let mut form = Form::default();
            decisions.fill(&mut form);
            assert_eq!(Decisions::read(&form).unwrap(), decisions);
            assert_eq!(decisions.changes(*preset), [Exempt::Past.label()]);
            assert!(Decisions::of(*preset).changes(*preset).is_empty());
        }
        let errors = Decisions::read(&Form::default()).unwrap_err();
        assert_eq!(errors.iter().count(), 9);
    }
}

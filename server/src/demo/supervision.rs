//! The demo's supervision: notes that wait for a co-signature, one that was returned,
//! and the goals and the plan of a couple.

use chrono::{Days, Duration};
use domain::{
    form::Form,
    ids::{AccountId, ClientId},
    records::{
        goal::{GoalText, PlanText},
        note::{NoteScope, NoteText},
        supervision::NewSupervision,
    },
};
use store::{Clinician, NoteWrite, SaveKind};

use super::{Demo, Result, missing_scope};

impl Demo<'_> {
    /// Names Ruth as Sofia's supervisor. Sofia signs two notes: one waits for Ruth, and
    /// one was returned.
    pub(super) async fn add_supervision(&self, owner: AccountId) -> Result<()> {
        let owner = self.store.owner(&self.visitor(owner).await?).ok_or_else(missing_scope)?;
        let clinician = async |login: &str| -> Result<Clinician> {
            let visitor = self.visitor(self.account(login).await?).await?;
            self.store.clinician(&visitor).ok_or_else(missing_scope)
        };
        let (ruth, sofia) = (clinician("ruth").await?, clinician("sofia").await?);
        let from = self.today.checked_sub_days(Days::new(30)).unwrap_or(self.today);
        let new = NewSupervision { supervisor: ruth.me(), from, until: Some(self.today + Duration::days(180)) };
        owner.set_supervision(sofia.me(), &new).await?;
        let clients = sofia.clients().await?;
        for (row, (body, comment)) in clients.iter().zip([
            ("They named what each of them avoids. Agreed: one walk before the next session, without phones.", ""),
            (
                "First session after the summer. Both were tired; the quarrel about money was short.",
                "Please add the plan.",
            ),
        ]) {
            let text = NoteText::free(NoteScope::Joint, body);
            let signed = sofia.create_note(row.id, None, None, &text, SaveKind::Signed).await?;
            if let (NoteWrite::Saved(note), false) = (signed, comment.is_empty()) {
                ruth.return_note(note, 1, comment).await?;
            }
        }
        Ok(())
    }

    /// Sets goals of a couple, one of which is due for review, and its plan.
    pub(super) async fn set_goals(&self, clinician: &Clinician, client: ClientId) -> Result<()> {
        let since = self.today.checked_sub_days(Days::new(35)).unwrap_or(self.today).to_string();
        let today = self.today.to_string();
        for fields in [
            [
                ("text", "To argue without leaving the room"),
                ("measure", "evenings that end in peace"),
                ("review_on", &*today),
            ],
            [("text", "One evening a week that is ours"), ("measure", ""), ("review_on", "")],
        ] {
            let mut form = Form::from_pairs(fields);
            form.set("since", since.as_str());
            form.set("review_sessions", "4");
            let goal = GoalText::read(&form)
                .map_err(|errors| store::Error::Refused(format!("the demo's goal: {errors:?}")))?;
            clinician.create_goal(client, &goal).await?;
        }
        let text = "Eight sessions, every two weeks. The evening ritual stays; then the conversations about money.";
        let plan = PlanText { text: text.to_owned(), until: Some(self.today + Duration::days(90)) };
        clinician.write_plan(client, None, &plan).await?;
        Ok(())
    }
}

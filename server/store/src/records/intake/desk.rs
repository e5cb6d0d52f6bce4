//! The intake at the front desk: how far each person is and what is open, and of the
//! answers only what the list says that the front desk reads.

use std::collections::HashMap;

use domain::{
    ids::{ClientId, PersonId, SessionId},
    records::intake::{ItemReaders, Reachable, first_session_warning},
};
use uuid::Uuid;

use super::{ANSWER, IntakeStanding, find_of_client, open_answer, people_of, row_of, rows_of, standings};
use crate::{
    Bookings, Result,
    database::{all, maybe},
    unreadable,
};

/// The intake of a client as the front desk sees it.
#[derive(Clone, Debug)]
pub struct DeskIntake {
    pub standing: IntakeStanding,
    pub answers: Vec<DeskAnswers>,
}

/// What the front desk reads of one person: labels and texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskAnswers {
    pub person: PersonId,
    pub name: String,
    pub lines: Vec<(String, String)>,
}

impl Bookings {
    /// The intake of a client, without clinical content. `None`: it is not the front desk
    /// that asks, the client is not there or archived, or no intake was started.
    pub async fn desk_intake(&self, client: ClientId) -> Result<Option<DeskIntake>> {
        if !self.is_desk() {
            return Ok(None);
        }
        let mut tx = self.store().read().await?;
        let there = maybe!(&mut tx, (Uuid,), "SELECT id FROM client WHERE id = $1 AND archived_at IS NULL", client.0)?;
        if there.is_none() {
            return Ok(None);
        }
        let Some(standing) = standings(self.store(), &mut tx, client).await? else { return Ok(None) };
        let Some(intake) = find_of_client(&mut tx, client).await? else { return Ok(None) };
        let rows = rows_of(&mut tx, intake.id()).await?;
        let mut answers = Vec::new();
        for (person, name) in people_of(&mut tx, client).await? {
            let mut lines = Vec::new();
            for item in intake.list().asked().filter(|item| is_for_the_desk(item.readers)) {
                let Some(row) = row_of(&rows, person, &item.key) else { continue };
                let Some(sealed) = &row.answer else { continue };
                let key = self.store().key_of(&mut tx, person.0).await;
                let answer = unreadable::or_skip(key.and_then(|key| open_answer(&key, ANSWER, row.id, sealed)))?;
                lines.extend(answer.map(|answer| answer.lines_for_desk(item)).unwrap_or_default());
            }
            answers.push(DeskAnswers { person, name, lines });
        }
        Ok(Some(DeskIntake { standing, answers }))
    }

    /// How far the people of these clients are, without what they answered. A client
    /// without an intake is left out; empty if it is not the front desk that asks.
    pub async fn intake_standings(&self, clients: &[ClientId]) -> Result<HashMap<ClientId, IntakeStanding>> {
        let mut found = HashMap::new();
        if !self.is_desk() {
            return Ok(found);
        }
        let mut tx = self.store().read().await?;
        for client in clients {
            if !found.contains_key(client)
                && let Some(standing) = unreadable::or_skip(standings(self.store(), &mut tx, *client).await)?.flatten()
            {
                found.insert(*client, standing);
            }
        }
        Ok(found)
    }

    /// What is missing for the first session of a client in this scope, in words for
    /// the staff; `None`: nothing is missing, a session is booked already, or the client
    /// is not in the scope.
    pub async fn first_session_warning(&self, client: ClientId) -> Result<Option<&'static str>> {
        if self.client_to_book(client).await?.is_none() {
            return Ok(None);
        }
        let mut tx = self.store().read().await?;
        if maybe!(&mut tx, (Uuid,), "SELECT id FROM session WHERE client_id = $1 LIMIT 1", client.0)?.is_some() {
            return Ok(None);
        }
        let people = all!(
            &mut tx,
            (String, String, bool),
            "SELECT p.name, p.phone, (p.email_key <> '' AND p.portal_only = $2)
             FROM client_member m JOIN person p ON p.id = m.person_id
             WHERE m.client_id = $1 AND m.left_at IS NULL ORDER BY m.seat",
            client.0,
            false
        )?;
        Ok(first_session_warning(people.iter().map(|(name, phone, by_email)| Reachable {
            name,
            phone,
            by_email: *by_email,
        })))
    }

    /// How far the people of the clients of these sessions are, by session. A client
    /// without an intake is left out; empty if it is not the front desk that asks.
    pub async fn intakes_of_sessions(&self, sessions: &[SessionId]) -> Result<HashMap<SessionId, IntakeStanding>> {
        if !self.is_desk() {
            return Ok(HashMap::new());
        }
        let mut tx = self.store().read().await?;
        let mut clients = Vec::new();
        for session in sessions {
            let row = all!(
                &mut tx,
                (Uuid,),
                "SELECT s.client_id FROM session s JOIN intake i ON i.client_id = s.client_id WHERE s.id = $1",
                session.0
            )?;
            clients.extend(row.into_iter().map(|(client,)| (*session, ClientId(client))));
        }
        drop(tx);
        let ids: Vec<ClientId> = clients.iter().map(|(_, client)| *client).collect();
        let standings = self.intake_standings(&ids).await?;
        Ok(clients
            .into_iter()
            .filter_map(|(session, client)| Some((session, standings.get(&client)?.clone())))
            .collect())
    }
}

/// Whether the front desk reads a part of such an answer.
fn is_for_the_desk(readers: ItemReaders) -> bool {
    match readers {
        ItemReaders::Desk | ItemReaders::Channels => true,
        ItemReaders::Clinician | ItemReaders::Alone | ItemReaders::Shared | ItemReaders::Joint => false,
    }
}

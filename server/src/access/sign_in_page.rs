//! The sign-in page. It is shown by its handler, and by the guard in place of a page
//! whose visitor has to sign in again.

use app::{
    pages::accounts::sign_in::{self, DemoAccount, Ended, Model},
    say,
    ui::FormState,
};
use axum::http::StatusCode;
use domain::form::{Errors, Form};

use crate::{demo, error::Answer, page::Page, state::Site};

/// The sign-in page's model.
pub(crate) fn model(site: &Site, page: &Page, form: Form, errors: Errors) -> Model {
    Model {
        form: FormState { form, errors },
        practice: page.practice_name().to_owned(),
        inquiries: page.practice().is_some_and(|p| p.inquiries),
        ended: None,
        demo: if site.config.demo { demo_accounts() } else { vec![] },
    }
}

/// The accounts of the demo as the sign-in page offers them.
fn demo_accounts() -> Vec<DemoAccount> {
    demo::sign_ins().into_iter().map(|(who, login_name, password)| DemoAccount { who, login_name, password }).collect()
}

/// The sign-in page as the answer (status 401) to a request whose login has
/// ended. `next` is where to go afterwards; `kept` is the sealed form with what
/// was typed, which is shown again then.
pub(super) async fn answer_instead(
    site: &Site,
    page: &Page,
    next: String,
    ended: Ended,
    kept: Option<String>,
) -> Answer {
    let form = Form::from_pairs([("next", Some(next)), ("kept", kept)].into_iter().filter_map(|(n, v)| Some((n, v?))));
    let model = Model { ended: Some(ended), ..model(site, page, form, Errors::default()) };
    let title = say!(page.words(), "sign-in-title");
    page.render(StatusCode::UNAUTHORIZED, &title, model, sign_in::view).await
}

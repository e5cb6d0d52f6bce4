//! Changes of staff by the owner: what they end, and what they do not open.

use domain::{clients::person::Role, ids::AccountId};
use store::{EmailFacts, HandedLink, InvitationAccepted, NewStaff, StaffChanged, StaffMember};
use tests::{
    World,
    app::App,
    both,
    people::{Cast, NO_HASH, visitor},
};

async fn member(cast: &Cast, id: AccountId) -> StaffMember {
    cast.owner.staff().await.unwrap().into_iter().find(|member| member.id == id).unwrap()
}

/// The member as the form of their page sends them.
fn as_sent(member: &StaffMember) -> NewStaff {
    NewStaff {
        display_name: member.name.clone(),
        email: domain::clients::person::EmailAddress::parse(&member.email).unwrap(),
        zone: member.zone.clone(),
        roles: member.roles.clone(),
    }
}

/// The tokens of the invitations and resets that are due by email, with the address
/// they go to.
async fn links(world: &World) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for email in world.store.worker().claim_due(100, chrono::Duration::minutes(1)).await.unwrap() {
        if let EmailFacts::Invitation { token, .. } | EmailFacts::PasswordReset { token, .. } = &email.facts {
            found.push((email.recipient.as_str().to_owned(), token.clone()));
        }
        world.store.worker().return_claim_early(email.id, email.token, false).await.unwrap();
    }
    found
}

both!(owner_changes_name_and_roles, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let (olive, emeka) = (app.cookie(&world, cast.owner.me()).await, cast.emeka.me());
    let login = app.cookie(&world, emeka).await;
    let path = format!("/staff/{emeka}/edit");
    let page = app.get(&path, Some(&olive)).await.text;
    assert!(page.contains("value=\"Emeka Obi\"") && page.contains("(UTC"), "{page}");
    // A further role takes nothing away; a lost one signs them out.
    let mut new = as_sent(&member(&cast, emeka).await);
    new.roles.push(Role::FrontDesk);
    new.display_name = "Emeka A. Obi".into();
    assert_eq!(cast.owner.change_staff(emeka, &new).await.unwrap(), StaffChanged::Done);
    assert_eq!(app.get("/desk", Some(&login)).await.status, 200);
    new.roles = vec![Role::Clinician];
    assert_eq!(cast.owner.change_staff(emeka, &new).await.unwrap(), StaffChanged::Done);
    assert_eq!(app.get("/today", Some(&login)).await.status, 303, "signed out");
    let changed = member(&cast, emeka).await;
    assert_eq!((changed.name.as_str(), changed.roles), ("Emeka A. Obi", vec![Role::Clinician]));
    // Sessions ahead keep the role of their therapist.
    assert!(matches!(cast.book(&world.store, "2026-11-26 10:00").await, store::Booked::Done(_)));
    let ruth = as_sent(&member(&cast, cast.ruth.me()).await);
    let lost = NewStaff { roles: vec![Role::FrontDesk], ..ruth };
    assert_eq!(cast.owner.change_staff(cast.ruth.me(), &lost).await.unwrap(), StaffChanged::SessionsAhead(1));
    let form = [("display_name", "Ruth"), ("email", "ruth@example.org"), ("zone", "Berlin"), ("role", "front_desk")];
    let refused = app.post(&format!("/staff/{}/edit", cast.ruth.me()), Some(&olive), &form).await;
    assert!(refused.status == 422 && refused.text.contains("One session is booked"), "{}", refused.text);
    // Clients are no staff.
    let amara = cast.amara.visitor().account;
    assert_eq!(cast.owner.change_staff(amara, &lost).await.unwrap(), StaffChanged::Missing);
    assert_eq!(app.get(&format!("/staff/{amara}/edit"), Some(&olive)).await.status, 404);
});

both!(last_owner_keeps_the_role, |world| {
    let cast = Cast::new(&world.store).await;
    let me = cast.owner.me();
    let own = as_sent(&member(&cast, me).await);
    let without = NewStaff { roles: vec![Role::FrontDesk], ..own.clone() };
    assert_eq!(cast.owner.change_staff(me, &without).await.unwrap(), StaffChanged::LastOwner);
    // An owner who has not accepted the invitation yet cannot act.
    let mut second = own.clone();
    (second.display_name, second.roles) = ("Second".into(), vec![Role::Owner]);
    second.email = domain::clients::person::EmailAddress::parse("second@example.org").unwrap();
    let account = cast.owner.invite_staff(&second).await.unwrap();
    assert_eq!(cast.owner.change_staff(me, &without).await.unwrap(), StaffChanged::LastOwner);
    let token = cast.owner.invite_by_hand(account).await.unwrap().unwrap().token;
    let accepted = world.store.guest().accept_invitation(&token, "second", NO_HASH).await.unwrap();
    assert_eq!(accepted, InvitationAccepted::Done(account));
    assert_eq!(cast.owner.change_staff(me, &without).await.unwrap(), StaffChanged::Done);
    assert_eq!(member_of(&world, account, me).await.roles, [Role::FrontDesk]);
});

/// A member of staff as another owner sees them.
async fn member_of(world: &World, owner: AccountId, id: AccountId) -> StaffMember {
    let owner = world.store.owner(&visitor(&world.store, owner).await).unwrap();
    owner.staff().await.unwrap().into_iter().find(|member| member.id == id).unwrap()
}

both!(new_address_of_an_account_in_use_is_confirmed_by_its_holder, |world| {
    let cast = Cast::new(&world.store).await;
    let emeka = cast.emeka.me();
    let mut new = as_sent(&member(&cast, emeka).await);
    let old = new.email.clone();
    new.email = domain::clients::person::EmailAddress::parse("olive.herself@example.org").unwrap();
    assert_eq!(cast.owner.change_staff(emeka, &new).await.unwrap(), StaffChanged::AddressAsked);
    let asked = member(&cast, emeka).await;
    assert_eq!((asked.email.as_str(), asked.new_email.as_deref()), (old.as_str(), Some("olive.herself@example.org")));
    // A reset by name goes to the old address.
    world.store.guest().request_reset("emeka").await.unwrap();
    assert!(links(&world).await.iter().all(|(to, _)| to == old.as_str()));
    // An account that was never used is invited at the new address at once.
    let mut noor = new.clone();
    (noor.display_name, noor.email) =
        ("Noor".into(), domain::clients::person::EmailAddress::parse("nor@example.org").unwrap());
    let account = cast.owner.invite_staff(&noor).await.unwrap();
    let first = links(&world).await.into_iter().find(|(to, _)| to == "nor@example.org").unwrap().1;
    noor.email = domain::clients::person::EmailAddress::parse("noor@example.org").unwrap();
    assert_eq!(cast.owner.change_staff(account, &noor).await.unwrap(), StaffChanged::Done);
    assert!(world.store.guest().invitation(&first).await.unwrap().is_none(), "the earlier link has ended");
    assert!(links(&world).await.iter().any(|(to, _)| to == "noor@example.org"));
});

both!(reset_access_ends_it_and_opens_it_for_the_holder_only, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let (olive, emeka) = (app.cookie(&world, cast.owner.me()).await, cast.emeka.me());
    let login = app.cookie(&world, emeka).await;
    assert!(!cast.owner.reset_access(cast.owner.me()).await.unwrap(), "the own account");
    assert!(!cast.owner.reset_access(cast.amara.visitor().account).await.unwrap(), "a client");
    assert_eq!(
        app.post(&format!("/staff/{emeka}/reset"), Some(&olive), &[]).await.location(),
        "/staff?notice=access_reset"
    );
    assert_eq!(app.get("/today", Some(&login)).await.status, 303, "signed out");
    assert!(app.get("/staff", Some(&olive)).await.text.contains("Access reset; no new password yet"));
    assert!(cast.owner.invite_by_hand(emeka).await.unwrap().is_none(), "no link for the owner");
    // The link goes to the holder; where it does not arrive, the owner gets none either.
    let mut lost = None;
    for email in world.store.worker().claim_due(100, chrono::Duration::minutes(1)).await.unwrap() {
        if matches!(email.facts, EmailFacts::PasswordReset { .. }) {
            assert!(world.store.worker().finish_failed(email.id, email.token, "no such mailbox").await.unwrap());
            lost = Some(email.id);
        } else {
            world.store.worker().return_claim_early(email.id, email.token, false).await.unwrap();
        }
    }
    assert_eq!(cast.owner.hand_out_link(emeka, lost.unwrap()).await.unwrap(), HandedLink::Refused);
    world.store.guest().request_reset("emeka").await.unwrap();
    let (_, token) = links(&world).await.pop().unwrap();
    assert_eq!(world.store.guest().reset_password(&token, NO_HASH).await.unwrap(), Some(emeka));
    assert!(!member(&cast, emeka).await.access_reset);
});

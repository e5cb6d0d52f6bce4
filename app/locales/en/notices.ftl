# What was just done, above a client's page. The keys are the words of `Notice` in
# app/src/ui/shell.rs.

## The account

notice-saved = Changes saved.
notice-signed_out = You are signed out.
notice-password_changed = Password changed. Other browsers were signed out.
notice-login_ended = Signed out there. That browser has to sign in again.
notice-feed_made = Calendar address created. Anyone who has it can read these times.
notice-feed_stopped = Calendar address deleted. Calendars that use it get nothing more.
notice-address_saved = Address saved. Emails go to it from now on.
notice-address_asked = Almost done: open the link we sent to the new address. Until then the old one is used.
notice-address_kept = Address kept. Nothing has changed.

## Sessions

notice-time_taken = Your session is booked.
notice-request_saved = Your request is saved. Nobody is told until the time below.
notice-asked_partner = We’ve asked your partner. Nothing changes until you both agree.
notice-asked_practice = We’ve asked the practice. Nothing changes until they confirm.
notice-answer_given = Thank you. Your reply is saved.
notice-request_gone = That is no longer possible: the time was taken, or the session has changed. Please look again.
notice-request_withdrawn = Request withdrawn.
notice-please_call = You can’t do this here. Please call your practice.

## Exercises and messages

notice-submitted = Thank you. Your answers are in.
notice-draft_saved = Saved. You can come back to it whenever you like.
notice-kept = Kept for you.
notice-shared = Shared.
notice-not_shared = Not shared: you changed this answer on another device. Read it, and share it again.
notice-taken_back = Taken back. Nobody is told.
notice-put_off = Noted. You won’t be reminded of it.
notice-taken_up = It is open again.
notice-planned = Planned.
notice-written = Message sent. Your partner can’t see it.
notice-noted = Done.
notice-release_withdrawn = Your signature is withdrawn. Nothing more is sent.
notice-release_too_late = It can no longer be withdrawn. See below what happened.
notice-intake_saved = Saved. Continue whenever you like.

## Documents

notice-restored = Restored. Everything is as it was.
notice-not_restored = Can’t undo: it has changed since.
notice-document_sent = Document sent to your therapist.
notice-document_shared = Document shared. Your partner can read it now.
notice-document_withdrawn = Document withdrawn.

## Forms

notice-form_signed = Signed. Your copy is below.
notice-form_withdrawn = Signature withdrawn. The form no longer applies.
notice-form_settled = Nothing changed: this form was already signed, withdrawn or cancelled.

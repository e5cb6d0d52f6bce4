# Signing in, invitations, passwords, and the account page.

## Signing in

sign-in-title = Sign in
sign-in-name = Name to sign in with
sign-in-password = Password
sign-in-button = Sign in
sign-in-forgot = I forgot my password or my name
sign-in-new = New here? <a>Ask for a first session</a>
# A form was sent after its login had ended.
sign-in-ended = You were signed out. Sign in to continue where you left off.
sign-in-ended-kept = You were signed out, so nothing was sent. What you typed is kept: sign in, and it is back in the form.
sign-in-ended-kept-without-file = You were signed out, so nothing was sent. What you typed is kept: sign in, and it is back in the form. Then choose your file again.
sign-in-ended-lost = You were signed out, so nothing was sent. What you typed can’t be kept here: go back in your browser, copy it, then sign in.
sign-in-wrong = Wrong sign-in name or password. Check both, or ask for a link to set a new password.
sign-in-too-many = There were too many tries from here. Wait a quarter of an hour, then try again.
# The demo practice, in which all people are invented.
sign-in-demo = The demo practice
sign-in-demo-people = All people here are invented. Look around as:
sign-in-demo-emails = The emails it has sent

# Clients who typed into a form that cannot be shown again.
typed-title = What you typed
typed-copy = Copy what you need from here: this page is not saved.

## A forgotten password

forgot-title = Forgotten your password?
forgot-heading = A new password
forgot-lead = We’ll send a link to the email address that the practice has for you.
forgot-name = Your sign-in name or your email address
forgot-button = Send the link
forgot-sent = Check your email
forgot-sent-text = If we know this name or address, a link is on its way to the address we have. It works for one hour, and says which name you sign in with.
forgot-sent-nothing = Nothing arrived? Look in your junk folder, or ask the practice for a new invitation.
forgot-back = Back to sign in

reset-title = A new password
reset-heading = Choose a new password
reset-lead = You sign in as <strong>{ $name }</strong>. All browsers that are signed in now will be signed out.
reset-password = New password
reset-button = Set the password

password-hint = At least 10 characters. A short sentence works well.

# Links that are unknown, used or expired.
link-gone = This link is no longer valid
link-gone-heading = This link does not work any more
reset-gone = Each link works once, for one hour.
reset-gone-again = Ask for a new link
invitation-gone = Each invitation works once, for seven days. If you have already set your password, sign in. If not, ask the practice for a new link.

## The invitation

invitation-title = Welcome
invitation-heading = Welcome, { $name }
invitation-lead = { $practice } has invited you. This link is for { $name } only.
invitation-client = You choose a password here. Your access is yours alone: nobody else sees what you keep to yourself.
invitation-staff = You choose a password here. Then you can begin.
invitation-name = Name to sign in with
invitation-name-hint = Letters, digits and . - _ without spaces.
invitation-password = Password
invitation-button = Start
invitation-name-taken = This sign-in name is already in use. Choose another.

## The account page

account-title = Your account
account-tab-profile = Profile
account-tab-security = Security
account-tab-feed = Calendar feed

account-name = Name
account-login-name = You sign in as
account-email = Email
account-email-none = none

account-language = Language
account-language-hint = For your pages and your emails.
account-language-field = Your language
account-language-save = Save the language

account-zone = Time zone
account-zone-hint = Times are shown to you in this zone, with its name.
account-zone-field = Your time zone
account-zone-save = Save the zone

account-password = Password
account-password-current = Your password now
account-password-new = New password
account-password-hint = At least 10 characters. Other browsers will be signed out.
account-password-save = Change the password
account-password-wrong = This is not your current password.
account-password-too-many = There were too many tries. Wait a quarter of an hour.

account-logins = Signed in with
account-login-this = This browser
account-login-used = Since { $since }, last used { $used }
account-login-end = Sign out
account-login-several = { $device }, { $count } sign-ins
account-login-end-rest = Sign out the others
account-logins-end = Sign out everywhere else

account-feed = Your calendar
account-feed-staff = Your sessions, in the calendar of your phone or computer.
account-feed-client = Your appointments, in the calendar of your phone or computer. An entry says “Appointment”, the time and, for a meeting online, the link.
account-feed-key = Anyone with the address can read it without signing in. Treat it like a key, and stop it when in doubt.
account-feed-address = Subscribe to this address
account-feed-made = Made on { $made }; not read yet.
account-feed-read = Made on { $made }; last read about { $read }.
account-feed-stop = Stop this address
account-feed-make = Make an address
account-feed-make-new = Make a new address
account-feed-instead = The address above will stop working.
account-feed-wording = What an entry says
account-feed-wording-hint = Calendars are often shared with a family or an employer.

## The email address of a person who signs in

address-title = Email
address-hint = Appointments, reminders and links for a new password go to this address. Only you can change it. A new one is used once you confirm it.
address-hint-staff = A link for a new password goes to this address. Only you can change it. A new one is used once you confirm it.
address-field = Your email address
address-password = Your password
address-save = Save the address
address-none = We have no address for you. You’ll find everything here on your page.
address-in-use = We write to { $email }.
address-unconfirmed = We write to { $email }. You have not confirmed it yet: save it below, and we’ll send you a link.
address-returned = Emails come back
address-returned-text = Emails to this address did not arrive. Enter another one.
address-pending = { $email } is not confirmed yet. We sent a link there: open it until { $until }. Until then we use your old address.
address-pending-unsent = { $email } is not confirmed yet. No emails are sent from here: ask your practice for the link, until { $until }. Until then we use your old address.
address-pending-cancel = Cancel the change
address-suggested = { $by } suggests { $email }. To use it, enter your password below and save it.
address-suggested-practice = Your practice suggests { $email }. To use it, enter your password below and save it.
address-keep = Keep my address
address-too-many = You changed it often just now. Wait an hour, then try again.

new-address-title = Your new address
new-address-question = Do you want us to use { $email } from now on?
new-address-confirm = Confirm the address
new-address-gone = It was used before, a newer one took its place, or it has expired. It works only for the account that asked for it.
new-address-account = Go to your account

# What happened to an account, in an email to staff.
account-event-new_browser = a sign-in from a browser that was not used before
account-event-wrong_password = a wrong password
account-event-wrong_code = the right password with a wrong code
account-event-recovery_code_used = a sign-in with a recovery code
account-event-app_set_up = two-step sign-in was set up
account-event-app_removed = two-step sign-in was switched off
account-event-app_reset = two-step sign-in was reset
account-event-recovery_codes_renewed = new recovery codes were made

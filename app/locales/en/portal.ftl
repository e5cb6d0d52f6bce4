# The portal: its first page, its settings, and the first sign-in.

portal-title = Home
portal-hello = Hello { $name }

## Settings

settings-title = Settings
settings-contact = Emails, reminders and your address
settings-wish = When you would like to come
settings-account = Account
settings-account-hint = Password, language, time zone and where you are signed in
settings-privacy = How privacy works
settings-privacy-hint = Who can read what you write
settings-back = Back to settings

## The first sign-in

welcome-screen-privacy = How privacy works
welcome-screen-contact = How we may contact you
welcome-screen-next = What happens next
welcome-place = { $at } of { $all }
welcome-marks = Before you answer anything, a mark beside the field says who will be able to read it:
welcome-drafts = Drafts are yours alone until you send them.
welcome-messages = Messages between you and { $therapist } are read by { $therapist } and by those who cover for them.
welcome-messages-couple = Messages between you and { $therapist } are read by { $therapist } and by those who cover for them. { $partner } can’t read them, and isn’t told that you write.
welcome-desk = The front desk sees names, phone numbers, email addresses and session times. It does not read your answers or messages.
welcome-secrets = If only one of you tells { $therapist } something, what happens with it is set out in a policy under Forms, which each of you signs. If there is no policy there yet, ask { $therapist }.
welcome-continue = Continue
welcome-skip = Skip
welcome-unseen = { $partner } does not see what you choose here.
welcome-more = More choices
welcome-save = Save and continue
welcome-leave = Leave as it is
welcome-session = Your next session is on { $when }. You’ll find it under Sessions.
welcome-no-session = Your practice will be in touch about your next session.
welcome-exercise = When { $therapist } gives you an exercise, you’ll find it on Home. You can stop at any time and come back.
welcome-another-time = Need another time? Open Sessions, or call.
welcome-again = You can read this again under Settings.
welcome-go = Go to my page

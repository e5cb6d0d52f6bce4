# The intake: what each person is asked before or after the first session.

intake-title = Intake
intake-lead = Each of you answers alone. Everything is saved as you go: stop whenever you like, and go on another day.
intake-nothing = There is nothing to answer at the moment.
intake-questions = Your questions
intake-of-couple = With { $name }
intake-of-one = On your own
intake-count = { $done } of { $all }
intake-ready = Thank you. Everything that is needed is there.
intake-begin = Begin
intake-go-on = Continue
intake-open = Open
intake-begun = Begun
intake-done = Done
intake-free = Optional

## A screen

intake-place = { $at } of { $all }
intake-next = Save and continue
intake-back = Back
intake-later = Save and finish later
intake-overview = Back to the overview
intake-draft-kept = What you typed here is kept, but is not finished yet.
intake-waived = Your therapist doesn’t need this. You can still answer it.
intake-from-paper = Your therapist entered this from your printed form.
intake-changed-elsewhere = You also answered this on another device. Both are here: look at them, then save what is right.
intake-elsewhere = Saved on the other device
intake-theirs = { $name } wrote this. Confirm it or correct it below.
intake-signed = Everything is signed.
intake-to-sign = Please read and sign what you find under Forms.
intake-forms-link = Open Forms
intake-measured = The exercise is done.
intake-to-measure = Your therapist has given you an exercise. You’ll find it on Home.
intake-measure-link = Open Home

## Who reads an answer

intake-read-desk = The front desk and your therapist read this.
intake-read-channels = Your therapist reads this. The front desk sees only how and when to reach you.
intake-read-clinician = Your therapist reads this.
intake-read-alone = Only your therapist reads this, or a colleague who covers for them. Leaving it blank is fine.
intake-read-shared = Your therapist reads this. { $name } reads it only if you share it.
intake-read-joint = Both of you and your therapist read this.

## Sharing

intake-share-title = Share with { $name }
intake-share-lead = { $name } reads an answer only if you share it here. If you change it later, it is no longer shared.
intake-share = Share with { $name }
intake-unshare = Stop sharing
intake-is-shared = { $name } can read this
intake-shared-title = { $name } has shared with you
intake-differences = You two see this differently
intake-differences-hint = Both versions are kept. Your therapist sees them too.
intake-by-you = You: { $text }
intake-by-partner = { $name }: { $text }

## Fields

intake-name = Name
intake-name-hint = As you would like to be called.
intake-pronouns = Pronouns
intake-birth = Date of birth
intake-phone = Phone
intake-address = Postal address
intake-address-hint = If invoices go by post.
intake-zone = Time zone
intake-language = Language
intake-channel = How may we reach you?
intake-channel-hint = Tick what is safe. Leave email unticked and you’ll find everything here.
intake-channel-email = Email
intake-channel-phone = Phone call
intake-channel-message = Text message
intake-safe-from = Safe from
intake-safe-until = Safe until
intake-safe-hint = Blank: at any time.
intake-others = Can anyone else read your email or unlock your phone?
intake-others-no = No
intake-others-yes = Yes
intake-others-unsure = I’m not sure
intake-others-note = Anything we should know about this?
intake-no-contact = I have no emergency contact
intake-contact-name = Their name
intake-relation = Who they are to you
intake-share-percent = Your share in percent
intake-share-hint = 100: you pay everything; 0: you pay nothing.
intake-accepted = I accept this share
intake-yes = Yes
intake-no = No

## The printed form

intake-sheet-for = For { $name }
intake-sheet-lead = Leave blank what you don’t want to answer. Your therapist types this in; it then counts as if you had written it here.
intake-sheet-foot = Only for you and your therapist. Please hand it over yourself.
intake-sheet-choose = Tick what fits:

## The page of forms, and the portal’s first page

intake-section = Intake

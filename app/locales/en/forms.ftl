# Forms: texts that a client reads and signs, and the copies of them.

forms-title = Forms
forms-lead = What you are asked to read and sign. You decide for yourself alone.
forms-to-do = To do
forms-nothing-to-do = Nothing to sign right now.
forms-texts = Agreements and notices
forms-texts-intro = Your partner, if you come with one, does not see what you sign here, or whether you do.
forms-state-open = To sign
forms-state-signed = Signed on { $day }
forms-state-withdrawn = Withdrawn on { $day }

## A text to sign

forms-sign = Your signature
forms-statement-agree = I have read this text, and I agree to it.
forms-statement-read = I have read this text.
forms-name = Your name
forms-name-hint = Type it as you would sign.
forms-password = Your password
forms-password-hint = So that nobody else signs in your name.
forms-password-room = Your therapist’s password
forms-password-room-hint = Your therapist types this, not you.
forms-password-needed = Type your password.
forms-copy-given = The person gets a copy
forms-sign-button = Sign
forms-gaps = Something is still missing in this text, so it can’t be signed yet. Please tell your therapist.
forms-replaced = This text has changed since you opened it, and nothing was signed. Please read it again.

## A text that is signed

forms-signature = Signature
forms-copy = Show a copy to print
forms-pdf = Save as PDF
forms-withdraw = Withdraw…
forms-withdraw-hint = If you withdraw, this no longer applies from then on. It does not undo what happened before. Your therapist sees it; your partner doesn’t.
forms-withdraw-button = Withdraw my signature
forms-earlier = Other versions that you signed
forms-earlier-item = Version { $version }, signed on { $day }

## The copy

forms-fact-name = Name
forms-fact-statement = Statement
forms-fact-typed = Signed as
forms-fact-when = Signed on
forms-fact-how = How
forms-fact-version = Version
forms-fact-hash = SHA-256 of the text
forms-fact-recorded = Recorded by
forms-fact-withdrawn = Withdrawn on
forms-fact-replaced = Replaced on
forms-how-portal = In the portal, after signing in
forms-how-room = In the room, on the practice’s device
forms-how-paper = On paper
forms-foot = { $title }, version { $version }
forms-to-sign = To sign
forms-line-name = Name
forms-line-day = Day
forms-line-signature = Signature

## The decisions of a secrets policy

policy-client-couple = The client is the couple as a unit.
policy-client-each = The clients are the couple, and each of you too.
policy-contact-sessions = “Contact with one of you” means sessions with one of you.
policy-contact-everything = “Contact with one of you” means sessions, calls and messages with one of you, and answers to exercises.
policy-decider-none = What is said there may be shared with the other.
policy-decider-therapist = The therapist decides how much of it the other is told.
policy-decider-person = Only the one who said it decides how much of it the other is told.
policy-first-no = The one who said it is not given time to tell the other first.
policy-first-session = The one who said it can tell the other first, until the next session of both.
policy-first-two-weeks = The one who said it can tell the other first, within two weeks.
policy-first-four-weeks = The one who said it can tell the other first, within four weeks.
policy-refused-continue = If the one who said it does not want the other to know, the work continues, and it stays private.
policy-refused-pause = If the one who said it does not want the other to know, the couple work pauses until it is resolved.
policy-refused-end = If the one who said it does not want the other to know, the therapist may end the couple work, without saying why.
policy-sessions-part = Sessions with one of you are part of the couple work.
policy-sessions-separate = Sessions with one of you are separate from the couple work.
policy-release-both = Before anything is given to somebody else, both of you sign, also for the note of a session with one of you.
policy-release-own = Before anything is given to somebody else, both of you sign; for the note of a session alone, only the one whose session it was.
policy-access-joint = If one of you asks for their own data, they get their own part and the joint record.
policy-access-decided = If one of you asks for their own data, they get their own part; the joint record is decided entry by entry.
policy-court-neither = Neither of you asks the therapist to testify in court.
policy-court-order = The therapist testifies in court only if the law orders it.
# things is a list of the three lines below.
policy-exempt = Also never passed on without permission: { $things }.
policy-exempt-health = your own health
policy-exempt-past = relationships that ended before this one
policy-exempt-identity = sexual orientation and gender identity

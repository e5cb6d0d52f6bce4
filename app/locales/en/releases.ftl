# Releases of a record to others, which clients sign, and what was passed on because
# of the law or an emergency. A release says nothing of what the other partner did.

## The list on the page of forms

release-section = Releases to others
disclosure-section = Passed on by law or in an emergency
release-item = To { $recipient }
release-item-to-sign = To sign
release-item-signed = Signed on { $day }
release-item-sent = Sent on { $day }
release-item-withdrawn = Withdrawn on { $day }
release-item-over = No longer open

## A release

release-title = Release to { $recipient }
release-lead = You are asked whether the practice may send this. Each person signs alone, and nothing is sent before everyone has signed.
release-what = What is sent, and to whom
release-to = To
release-purpose = Purpose
release-by = Released by
release-manner = How it is sent
release-ends = Until when
release-own = From your own part
release-own-tick = Also release this from my own part
release-own-hint = If you leave this unticked, nothing from your own part is sent. Only your therapist sees your choice.
release-continue = Continue to sign
release-copy = Read what you signed
release-withdraw = Withdraw my signature
release-withdraw-text = You can withdraw your signature until this is sent.
release-withdraw-again = You can still withdraw your signature. Then nothing more is sent; what was sent can’t be undone.
release-said-signed = You signed on { $day }. It can be sent once everyone has signed, until { $until }.
release-said-sent = It was sent on { $day }.
release-said-withdrawn = You withdrew your signature on { $day }. Nothing is sent.
release-said-over = This release is no longer open. Nothing more is sent.

## What is sent, a line for each thing

release-line-days = Days: from { $from } to { $until }
release-line-days-from = Days: from { $from } to the day of the last signature
release-line-days-until = Days: from the beginning to { $until }
release-line-days-all = Days: from the beginning to the day of the last signature
release-line-notes = Signed notes of these days
release-line-notes-joint = Signed notes about both, of these days
release-line-templates = Only notes of these kinds: { $templates }
release-line-document = The document “{ $title }”
release-line-attendance = The list of joint sessions, with who attended
release-line-goals = The goals
release-line-exercises = The list of exercises for everyone, without any answer
release-line-process = Your therapist’s own process notes of these days, and nothing else
release-line-own-notes = From my own part: signed notes about me alone, of these days
release-line-own-document = From my own part: the document “{ $title }”
# Where it is sent to: the name, the address, and how.
release-recipient = { $name }, { $address } ({ $manner })
release-until-once = { $day }, or until it has been sent once
release-until-day = { $day }; until then it can be sent again

## How it is sent

release-manner-post = By post
release-manner-in_person = Handed over in person
release-manner-encrypted = By encrypted email
release-manner-upload = By the recipient’s own secure page
release-manner-fax = By fax

## What was passed on without a signature

disclosure-title = Passed on to { $recipient }
disclosure-lead = The practice passed this on without your signature. Ask your therapist if you have questions.
disclosure-what = What was passed on
disclosure-ground = Legal reason
disclosure-sent = Sent on
disclosure-ground-court = Court order
disclosure-ground-duty = Law or duty to report
disclosure-ground-danger = Danger to life
disclosure-ground-other = Another legal reason
disclosure-notes =
    { $count ->
        [one] { $count } note
       *[other] { $count } notes
    }
disclosure-documents =
    { $count ->
        [one] { $count } document
       *[other] { $count } documents
    }
# The message in the portal; items is a list such as "2 notes and 1 document".
disclosure-message = On { $day }, the practice passed on part of your record to { $recipient } without your signature. Legal reason: { $ground }. What was passed on: { $items }. You’ll find the details under Forms. Please ask me if you have questions.

# Asking for a first session, replies to reminders, and a client's own sessions.

## A first session

inquire-title = A first session
inquire-heading = Ask for a first session
inquire-lead = { $practice } will write or call with a time. You need not say why you come.
inquire-name = Your name
inquire-email = Your email address
inquire-email-hint = We’ll send a link there first, to be sure it is yours.
inquire-phone = Your phone number
inquire-couple = For two
inquire-alone = For me alone
inquire-button = Send
inquire-kind = For whom?
inquire-meeting = Where?
inquire-part = When would suit you?
inquire-too-many = There were too many tries from here. Wait an hour, or call.
inquire-sent = Check your email
inquire-sent-text = We have sent a link to that address. Open it within three days, so that we know we can write to you. Until then nobody here sees what you sent.
inquire-confirm = Is this your address?
inquire-confirm-text = Press once, and your request for a first session is with us.
inquire-confirm-button = Yes, that is me
inquire-confirmed = Thank you
inquire-confirmed-text = We have your request. We’ll write or call as soon as there is a time that suits.
inquire-gone = It works for three days. You can simply ask again.

meeting-wish-any = Either
meeting-wish-room = At the practice
meeting-wish-online = Online

day-part-any = Any time of day
day-part-morning = In the morning, until 12:00
day-part-afternoon = In the afternoon, 12:00 to 17:00
day-part-evening = In the evening, from 17:00

## Replies to a reminder

reply-title = Your appointment
reply-coming-both = We are both coming
reply-coming-one = I am coming
reply-alone = Only I can come
reply-another-both = We need another time
reply-another-one = I need another time
reply-press = Please press what is right. Nothing is sent before you do.
reply-said = You said: “{ $reply }”. You can change your reply.
reply-thanks = Thank you
reply-not-right = Not right?
reply-noted-coming = We have noted that. There is nothing else to do.
reply-noted-alone = We have noted that only you can come. We’ll be in touch about what to do.
reply-noted-another = We have noted that you need another time, and we’ll be in touch. Until then nothing changes.
reply-soon = It is soon: please call as well, so that we know in time.
reply-choose-time = You can also choose a free time yourself: <a>on your own page</a>.
reply-over = This time has changed
reply-over-text = The link is about an appointment that was moved or cancelled, or is over. Your newest email has the right time, and so does your own page.
reply-open-page = Open my page

## Stopping a kind of email

unsubscribe-title = Emails
unsubscribe-heading = No more of these emails?
unsubscribe-reminders = Press once, and we’ll send you no more reminders of your appointments. What is agreed stays as it is.
unsubscribe-nudges = Press once, and we’ll send you no more reminders of what is new on your page. What is agreed stays as it is.
unsubscribe-button = No more of these emails
unsubscribe-done = Done
unsubscribe-done-reminders = We’ll send you no more reminders of your appointments.
unsubscribe-done-nudges = We’ll send you no more reminders of what is new on your page.
unsubscribe-again = You can have them again at any time: on your own page, under “Settings”.
unsubscribe-unknown = This link does not work
unsubscribe-unknown-text = On your own page, under “Settings”, you choose whether and when we write to you.
unsubscribe-open-page = Open my page

## A client's own sessions

sessions-title = Sessions
session-title = Your session
# "Berlin time, UTC+1 · 14:30 in Kolkata"
session-zone = { $city } time, { $offset }
session-elsewhere = { $time } in { $city }

request-book-own = You asked for a session on { $at }, with { $therapist }.
request-book-other = { $name } would like a session on { $at }, with { $therapist }.
request-move-own = You asked for { $at } instead of { $from }.
request-move-other = { $name } would like { $at } instead of { $from }.
request-alone = You told the practice that only you can come on { $at }.
request-works = Does that work for you?
request-unconfirmed = The practice has yet to confirm it.
request-declined = That isn’t possible. Please choose another time, or call.
request-will-ask = We’ll ask { $partner } at { $at }. Until then you can take it back, and nobody is told.
request-asked = We’ve asked { $partner }. Nothing changes until you both agree.
request-will-tell = We’ll tell the practice at { $at }. Until then you can take it back, and nobody is told.
request-told = We’ve asked the practice. Nothing changes until they confirm.

times-title = Choose a time
times-move = Ask for another time
times-new = Ask for a session
times-lead = Free times. All times are { $city } time.
times-lead-with = Free times with { $therapist }. All times are { $city } time.

review-title = Your request
review-facts = With { $therapist }. All times are { $city } time.
review-facts-now = Now: { $now }. With { $therapist }. All times are { $city } time.
review-move = Move to { $when }?
review-move-button = Move session
review-book = Book { $when }?
review-book-button = Book session
review-partner-move = Ask { $partner } to move to { $when }?
review-partner-book = Ask { $partner } for a session on { $when }?
review-ask-partner = Ask { $partner }
review-practice-move = Ask the practice to move to { $when }?
review-practice-book = Ask the practice for a session on { $when }?
review-ask-practice = Ask the practice
review-at-once = The change is made at once.
review-until-both = Nothing changes until you both agree.
review-until-both-and-practice = Nothing changes until you both agree and the practice confirms.
review-until-practice = Nothing changes until the practice confirms.
review-take-back-partner =
    { $minutes ->
        [one] You can take it back for a minute, before { $partner } is told.
       *[other] You can take it back for { $minutes } minutes, before { $partner } is told.
    }
review-take-back-practice =
    { $minutes ->
        [one] You can take it back for a minute, before the practice is told.
       *[other] You can take it back for { $minutes } minutes, before the practice is told.
    }

sessions-next = Your next session
sessions-next-line = Next session
sessions-later = Later sessions
sessions-change = Reschedule or cancel
sessions-ask = Ask for a session with { $therapist }
sessions-call = Call the practice
sessions-none = No session is booked at the moment.
sessions-none-yet = No session is booked at the moment. Your practice will be in touch.
sessions-online = Open the online room
sessions-for-both = For both of you
sessions-for-you = For you alone
sessions-with = with { $therapist }
requests-title = About your sessions
request-yes = Yes, that works for me
request-no = No, it doesn’t
request-take-back = Take back
request-withdraw = Withdraw request

session-when = When and where
session-options = What you can do
session-said = You said: “{ $reply }”.
session-alone-text = Your practice decides with you what is right: to meet you alone, or another time for both.
session-alone-tell = Tell the practice
session-cancel = Cancel this session
session-cancel-both = This cancels the session for both of you. We’ll tell { $partner }.
session-cancel-one = This cancels the session. We’ll tell your practice.
session-cancel-button = Cancel session
session-late =
    { $hours ->
        [one] To reschedule or cancel, please call. You can do it here until an hour before, where your practice offers it.
       *[other] To reschedule or cancel, please call. You can do it here until { $hours } hours before, where your practice offers it.
    }
session-back = Back to your sessions

times-none = There is no free time until { $until }. Please call your practice.
times-until = You can ask for times until { $until }.
times-earlier = Earlier times
times-later = Later times
times-more = More times
review-another = Choose another time

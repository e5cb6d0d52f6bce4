# Sentences that the code writes in English, such as the errors at the fields of
# forms. They are repeated here, word for word, so that other languages find theirs;
# a test compares them with the code.

## Text fields

sentence-too-long = Use at most { $count } characters.
sentence-one-line = Write this on one line.
sentence-number-range = Enter a number from { $from } to { $to }.
sentence-shown-again = Check what you typed, then send the form.
sentence-few-words = Write a few words.
sentence-time = Enter a time such as 09:00.
sentence-own-name = Enter your name.
sentence-choose-whom = Choose who it is for.
sentence-choose-part = Choose a time of day.
sentence-choose-meeting = Choose where to meet.
sentence-choose-language = Choose a language from the list.

## Addresses and phone numbers

sentence-email = Enter an email address such as name@example.org.
sentence-email-long = Enter a shorter email address: this one is too long to be delivered.
sentence-email-numbers = Enter an address that ends in a name such as example.org, not in numbers.
sentence-phone = Enter a phone number, such as +49 30 901820.
sentence-phone-long = Enter a shorter phone number: 60 characters at most.
sentence-forgot-empty = Enter your sign-in name or your email address.

## Sign-in names and passwords

sentence-login-name = Enter 3 to 64 letters, digits or . - _ without spaces.
sentence-password-short = Please use at least 10 characters. A short sentence works well.
sentence-password-blank = Spaces at the ends and double spaces do not count. Please use at least 10 other characters.
sentence-password-usual = This is among the first passwords an attacker tries. Please use a short sentence of four words or more.
sentence-password-own = This is mostly a name or an address that others know. Please use a short sentence of other words.
sentence-password-long = Please use at most 512 bytes.

## Pages that say what went wrong

sentence-bad-request-title = This did not arrive whole
sentence-bad-request = The request could not be read. Please go back and try once more.
sentence-sign-in-title = Please sign in
sentence-sign-in = You need to be signed in for this.
sentence-sign-in-link = Sign in
sentence-forbidden-title = This did not come from here
sentence-forbidden = For your safety, forms are only taken from Duologue's own pages. Please open the page again and repeat what you did.
sentence-conflict-title = Nothing was sent
sentence-conflict = This page was opened before you signed in, or by someone else. Open it again to send the form in your own name.
sentence-not-found-title = Page not found
sentence-not-found = It doesn’t exist, or you don’t have access.
sentence-method-title = This cannot be done here
sentence-method = The page exists, but not for what was asked of it.
sentence-too-large-title = This is too much at once
sentence-too-large = What you sent is larger than a form may be. Your browser's back button brings back what you typed.
sentence-too-many-title = Please wait a little
sentence-too-many = There were too many tries in a short time. Please try again in some minutes.
sentence-busy-title = A moment, please
sentence-busy = There is more to do right now than can be done in time. Nothing was lost: please try again in a minute.
sentence-full-title = There is no room to save this
sentence-full = The practice's computer has no space left, so nothing was saved. Please keep this page open, tell the practice, and send it again later.
sentence-broken-title = Something went wrong
sentence-broken = This is our fault, not yours. Please try again; if it stays so, tell the practice.
sentence-read-only-title = Nothing can be saved right now
sentence-read-only = The practice’s computer takes no changes, so nothing was saved. Please keep this page open, tell the practice, and send it again later.
sentence-disk-title = The practice’s computer has a problem
sentence-disk = Its disk does not work properly, so nothing was saved. Please keep this page open, tell the practice, and send it again later.
sentence-unreachable-title = The practice’s records cannot be reached
sentence-unreachable = If you sent something, it may not have been saved. Please keep this page open, try again in a minute, and check the result.
sentence-unencrypted-title = This connection is not encrypted
sentence-unencrypted = You can’t sign in or send anything here. Open { $address } instead.
sentence-damaged-title = This cannot be read
sentence-home = Go to your start page

## A form that was sent before

sentence-signed-in-again = You are signed in again. Check what you typed, then send it.{ $file }
sentence-sent-before = This form was already sent on { $at }, with other content. What you typed now is not saved. To save it as well, send it below.
sentence-sent-lost = This form was already sent, but the answer was lost. Check whether it was saved before you send it again.
sentence-sent-open = Open what was saved
sentence-sent-new = Open a new form

## The navigation

sentence-other-browser = Another browser
sentence-nav-home = Home
sentence-nav-sessions = Sessions
sentence-nav-messages = Messages
sentence-nav-forms = Forms
sentence-nav-settings = Settings

## Who carries what

sentence-share-0 = All me
sentence-share-1 = Mostly me
sentence-share-2 = Both alike
sentence-share-3 = Mostly my partner
sentence-share-4 = All my partner

## Answers to the steps of an exercise

sentence-place-each = Please find a place for each line.
sentence-rank-each = Please give each line a place.
sentence-rank-twice = Two lines have the same place. Please give each its own.
sentence-give-day = Please give the day.
sentence-guess = Please guess.
sentence-rate-each = Please pick a number for each line.
sentence-rate = Please pick a number.
sentence-pick = Please pick one.
sentence-share-each = Please say for each line who carries it.
sentence-heard = Please say how heard you felt.
sentence-did-it = Please say whether you did it, or what came in between.
sentence-tick = Please tick what fits, or write your own.
sentence-log-entry = Please write at least one entry.
sentence-minutes = Please write minutes, 600 at most.
sentence-own-answer = Please write your own answer, or pick another.
sentence-version-each = Please write your version of each line.
sentence-version = Please write your version of this line.
sentence-answer-long = This is longer than { $count } characters. Everything is kept; please shorten it before you finish.
sentence-written-elsewhere = You also wrote on another device or in another window. Both are here now, and kept: please look, then finish.
sentence-no-longer-open = This exercise is no longer open, so nothing more can be saved here. Please copy what you would like to keep.

## Plans and agreements

sentence-plan-typed = You typed a time, and it isn’t saved yet. Save the plan, or clear the fields.
sentence-plan-when = Please give a day and a time, such as 20:00.
sentence-plan-skipped = The clocks skip this time that night. Please choose another.
sentence-plan-past = This time has passed.
sentence-plan-changed = This has changed in the meantime, in another window or by your partner. You can see it above.
sentence-agreement-typed = You typed a wording, and it isn’t suggested yet. Suggest it, or clear the field.
sentence-agreement-changed = It was changed in the meantime: above is how it reads now. What you wrote is still here.
sentence-agreement-unfit = Write a few words, 10,000 characters at most.

## Safe hours and preferred times

sentence-hours-empty = These hours are empty: please give a later end.
sentence-hours-both = Please give both hours, or neither.
sentence-choose-three = Please choose one of the three.
sentence-nudge-within = Please choose an hour between { $from } and { $until }, when we may write to you.
sentence-hours-span = “{ $part }” is not a time span. Enter hours like 9:00–12:30, 14:00–18:00.
sentence-zone = Choose a time zone from the list, such as London.

## How often an exercise repeats

sentence-every-day = every day
sentence-every-week = every week
sentence-every-two-weeks = every two weeks
sentence-every-days = every { $count } days

## Further pages of lists

sentence-pager-first-exercises = First exercises
sentence-pager-more-exercises = More exercises
sentence-pager-newest = Newest
sentence-pager-older = Older
sentence-pager-next-sessions = Next sessions
sentence-pager-later-sessions = Later sessions
sentence-pager-latest-messages = Latest messages
sentence-pager-earlier-messages = Earlier messages
sentence-pager-latest-requests = Latest requests
sentence-pager-earlier-requests = Earlier requests

## The intake

sentence-intake-answer = Answer this question.
sentence-intake-date = Enter a date.
sentence-intake-choose-one = Choose one of these.
sentence-intake-choose-some = Choose at least one of these.
sentence-intake-name = Enter a name.
sentence-intake-birth = Enter your date of birth.
sentence-intake-phone = Enter a phone number.
sentence-intake-language = Please pick a language from the list.
sentence-intake-emergency = Enter a name, or tick that there is none.
sentence-intake-share = Tick this to accept your share.
sentence-intake-some = Answer at least one of these.

## Signing

sentence-consent-agree = Tick the box to agree.
sentence-consent-name = Type your name.

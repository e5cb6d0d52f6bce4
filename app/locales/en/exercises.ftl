# Exercises: the fields of each kind of step, worksheets, answers, plans and
# agreements. The texts of the exercises themselves are in the library.

## Who reads an answer

your-partner = your partner
readers-label = Read by:
readers-mine = Only you
readers-therapist = You and { $therapist }
readers-reveal = You and { $therapist }, and { $partner } once you have both answered
readers-couple = You, { $partner } and { $therapist }

## The fields of steps

step-optional = (if you like)
step-leave-open = I leave this open
step-something-else = Something else:
step-own = Something of your own:
step-own-label = Something of your own
step-own-instead = Something else, in your own words
step-one-each-line = One on each line.
step-both-only = Of this, { $partner } is shown what you both put under “{ $bucket }”, and nothing else of it, ever.
step-both-only-partner = Of this, your partner is shown what you both put under “{ $bucket }”, and nothing else of it, ever.
step-place = Place
step-rewrite-label = Your way of saying:
step-log-what = What
step-log-day = Day
step-log-text = In a few words
step-log-entry = Entry { $number }
step-log-new = A new entry
step-log-how =
    Over { $days ->
        [one] { $days } day
       *[other] { $days } days
    }, whenever there is something. Save for later and come back: there is always room for more. Send it when the days are over.
step-seconds =
    { $seconds ->
        [one] { $seconds } second
       *[other] { $seconds } seconds
    }
step-minutes =
    { $minutes ->
        [one] One minute
       *[other] { $minutes } minutes
    }
step-minutes-seconds =
    { $minutes ->
        [one] One minute and { $seconds } seconds
       *[other] { $minutes } minutes and { $seconds } seconds
    }
step-timer-both = { $length }, both of you.
step-timer-alone = { $length }.
step-timer-done = We did it, in our own way
step-timer-minutes = About how many minutes?
step-timer-note = How was it, or what came in between?
step-card = Card { $number }
step-felt = How heard did you feel?
step-felt-low = 0 = not at all
step-felt-high = 10 = fully
step-stays = What stays with you?
step-agreement-later = You write this together, on this page, once you have both answered.
step-agreement-below = You write this together, at the end of this page.
step-plan-later = You plan this on this page, once you have both answered.
step-plan-below = You plan this at the end of this page.

## On paper

paper-ring-number = Ring one number for each.
paper-ring-one = Ring one for each.
paper-rank = Write 1 beside the first, 2 beside the next, and so on.
paper-log-sorts = Sorts of entries: { $sorts }
paper-timer =
    { $minutes ->
        [one] For { $minutes } minute.
       *[other] For { $minutes } minutes.
    }
paper-cards = Cards to draw from:
paper-turn = { $turn } ({ $seconds } s)
paper-agreement = We both agree to these words:
paper-day = Day:
paper-time = Time:

## Answers beside each other

answers-none = No answers yet.
answers-line = Line
answers-answer = Answer
answers-difference = Difference
difference-none = The same
difference-other = Not the same
difference-apart = { $count } apart
difference-places =
    { $count ->
        [one] { $count } place apart
       *[other] { $count } places apart
    }

## An exercise

exercise-save = Save
exercise-nearly = Nearly there
exercise-nearly-text = Not sent yet. Everything you wrote is kept; this needs another look first:
exercise-kept = Everything you wrote is kept.
mode-one = This one is for you alone.
mode-together = Do this one together, and write down what fits for you.
mode-alone = Each of you does this alone.
mode-reveal = Each of you does this alone. Some of it opens to you both once you have both answered.

## Plans

plan-when = A day and a time
plan-another = Another time
plan-day = Day
plan-time = Time ({ $zone })
plan-save = Save plan
plan-move = Move plan
plan-drop = Cancel plan
plan-kept = We did it
plan-missed = It didn’t happen
plan-set-by = Set by { $name }
plan-before = Before

## Agreements

agreement-first = A first wording
agreement-another = Another wording
agreement-suggest = Suggest this wording
agreement-accept = I agree to these words
agreement-unaccept = I no longer agree to this
agreement-agrees = { $name } agrees
agreement-agreed = You both agreed to this. If you change a word, you’re both asked again.
agreement-not-yet = It’s agreed once you have both said yes to these words.

## A client's own exercises

own-today = Today
own-none = Nothing to do just now. Your therapist may add something after the next session.
own-begun = Started earlier
own-begun-hint = Finish it if you like, or leave it.
own-done = Done
own-earlier = Earlier
own-together =
    { $count ->
        [one] You’ve done one exercise together.
       *[other] You’ve done { $count } exercises together.
    }
own-begin = Begin
own-continue = Continue
own-read = Read
own-read-draft = Read what you wrote
# For screen readers: "Begin: How reachable we are"
own-act = { $act }: { $title }
own-something = Something to read
own-started = Started
own-not-now = Not now
own-opened = You can both read this
own-planned = Planned for { $when }.
own-about =
    { $minutes ->
        [one] About { $minutes } minute
       *[other] About { $minutes } minutes
    }
plan-at = { $when }, { $city } time
plan-elsewhere = { $time } in { $city }, where it was set
plan-for-both = For both of you: each of you sees it, can set it and can move it.
plan-for-you = For you alone.
plan-for-therapist = For you; { $therapist } sees it too.
your-therapist = your therapist

## When an exercise is due

due-withdrawn = withdrawn; what you wrote is kept
due-whenever = whenever it suits you
due-today = today
due-day = by { $day }
due-before = before { $when }
due-next-session = before the next session

## Answering an exercise

exercise-about =
    { $minutes ->
        [one] About { $minutes } minute.
       *[other] About { $minutes } minutes.
    }
exercise-step = Step { $at } of { $all }
exercise-save-later = Save for later
exercise-send = Send
exercise-keep = Done, keep it for me
exercise-write-about = Write to { $therapist } about this
exercise-withdrawn = { $therapist } withdrew this, so there is nothing more to do here. What you had begun is below, for you alone.
exercise-repeats = It repeats { $rhythm }; it’s fine to skip a time.
exercise-open-at-once = { $name } can read what is for you both as soon as you send it.
exercise-open-at-once-unnamed = Your partner can read what is for you both as soon as you send it.
partner-wrote = { $name } has written something for you both
partner-wrote-unnamed = Your partner has written something for you both
send-hint = You can stop at any time and come back. Once sent, answers stay as they are.
send-hint-private = You can stop at any time and come back. Once it is done, the words stay as they are, and with you: nobody else reads them unless you share them.
send-hint-at-once = You can stop at any time and come back. What is for both of you can be read as soon as you send it, and answers stay as they are.
send-hint-reveal = You can stop at any time and come back. Once sent, answers stay as they are; those for both of you open when you have both answered, not before.

not-now-title = Not just now?
not-now-hint = One tap is enough. Only { $therapist } sees it. What you wrote is kept, and you won’t be reminded.
not-now-why-no_time = There was no time
not-now-why-unclear = I wasn’t sure what to do
not-now-why-not_safe = It does not feel safe
not-now-why-our_way = We did it our own way
not-now-why-later = Not now, another time
not-now-done = Not now, and that’s fine
not-now-told = You told { $therapist }: “{ $why }”. You won’t be reminded of it.
not-now-open = Open this again
not-safe-title = Thank you for saying so
not-safe-text = Leave this one. You don’t need to do it, now or later, and you won’t be reminded. { $therapist } sees what you said, and nobody else does. It may be a while until they look.
not-safe-sooner = If you would like to talk sooner, write to { $therapist } or call.
not-safe-danger = In danger right now? Call the emergency number where you are.

## An exercise that was sent

done-sent = You have sent this. Thank you for taking the time.
done-kept = Kept for you. Nobody else reads it.
done-paper = { $therapist } typed this in from your sheet of paper.
done-own = What you wrote
done-nothing = You left everything open, and that is fine.
done-theirs = What { $name } wrote
done-theirs-unnamed = What your partner wrote
done-theirs-none = There is nothing to read here this time.
done-theirs-hint = Read it once to the end before you answer. You do not have to agree to be glad to know.
done-guesses = Where you read each other right
done-guesses-hint = For “{ $prompt }”. Where a guess is off, there is something new to know.
done-both-only = { $name } is shown what you both put under “{ $bucket }”, and nothing else of it.
done-both-only-unnamed = Your partner is shown what you both put under “{ $bucket }”, and nothing else of it.
offer-title = { $name } would like to show you something more
offer-title-unnamed = Your partner would like to show you something more
offer-text = It opens when you would like to read it. If not now, leave it: { $name } is not told.
offer-text-unnamed = It opens when you would like to read it. If not now, leave it: your partner is not told.
offer-read = Read it
offer-read-one = Read it ({ $number })
waiting-both = Some of it is for both of you. It opens to both at the same moment, when you have both answered.
waiting-until = Until then neither of you can see anything of it, nor how far the other has come. There is no hurry.
share-title = Share this answer
share-therapist = Share with { $therapist }
share-both = Share with { $partner } and { $therapist }
share-hint = Only you can do this. What you share with your partner is offered to them, and they read it when they take it. You can take it back; they may already have read it.
share-hint-waits = Only you can do this. What you share with your partner is offered to them when you have both answered; they read it when they take it. You can take it back; they may already have read it.
share-later = You shared this later. You can take it back at any time; nobody is told.
share-stop = Stop sharing

## A worksheet

paper-print = Print this page. What is for the writer’s eyes only is marked so: they keep that part.
paper-mine = For your eyes only. Keep this part.
paper-therapist = For your therapist.
paper-reveal = For your therapist, and for your partner once you have both answered.
paper-couple = For your partner and your therapist.
paper-both-only = For your therapist. Your partner is shown what you both put under “{ $bucket }”, and nothing else.

## While an exercise is written

# "Saved 21:04"
save-saved = Saved { $at }
save-elsewhere = This was also changed in another window or device. Both are kept; reload the page to see all of it.
save-offline = Nothing was sent: there is no connection to the practice just now. Your words are still here; try again in a moment.
save-gone = Not saved: this exercise has been sent or is no longer open. Reload the page to see what changed.
save-again = Not saved yet, trying again
save-refused = Not saved yet, trying again. If this stays, sign in again in another tab and leave this one open.
clock-start = Start the clock
clock-pause = Pause
clock-go-on = Continue
clock-again = Again
clock-over = The time is up.

## What became of a plan

plan-state-planned = Planned
plan-state-kept = We did it
plan-state-moved = Moved
plan-state-moved-by = Moved by { $name }
plan-state-missed = It did not happen
plan-state-dropped = Taken back
plan-state-dropped-by = Taken back by { $name }

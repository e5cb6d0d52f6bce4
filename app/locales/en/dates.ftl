# Dates, times and lengths.
# The date-… messages are patterns of Unicode (UTS 35): EEEE is the full name of
# the day, E its short name; MMMM and MMM those of the month; d the day; y the year.

date-day = EEEE d MMMM y
date-day-of-year = EEEE d MMMM
date-short = E d MMM
date-stamp = d MMMM y

# "Thursday 26 November 2026, 10:00 (Berlin, UTC+1)"
time-long = { $day }, { $time } ({ $city }, { $offset })
# "Thu 26 Nov, 10:00"
time-short = { $day }, { $time }
time-just-now = just now
time-minutes-ago =
    { $count ->
        [one] a minute ago
       *[other] { $count } minutes ago
    }
time-hours-ago =
    { $count ->
        [one] an hour ago
       *[other] { $count } hours ago
    }

length-minutes =
    { $count ->
        [one] { $count } minute
       *[other] { $count } minutes
    }
length-hours =
    { $count ->
        [one] { $count } hour
       *[other] { $count } hours
    }
length-hours-minutes = { $hours } h { $minutes } min

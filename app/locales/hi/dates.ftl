# Dates, times and lengths.
# Needs a native reader.

date-day = EEEE d MMMM y
date-day-of-year = EEEE d MMMM
date-short = E d MMM
date-stamp = d MMMM y

time-long = { $day }, { $time } ({ $city }, { $offset })
time-short = { $day }, { $time }
time-just-now = अभी-अभी
time-minutes-ago = { $count } मिनट पहले
time-hours-ago =
    { $count ->
        [one] { $count } घंटा पहले
       *[other] { $count } घंटे पहले
    }

length-minutes = { $count } मिनट
length-hours =
    { $count ->
        [one] { $count } घंटा
       *[other] { $count } घंटे
    }
length-hours-minutes = { $hours } घं. { $minutes } मि.

-- The days of the week on which free times are offered.
ALTER TABLE practice ADD COLUMN open_days TEXT NOT NULL DEFAULT 'Mon,Tue,Wed,Thu,Fri,Sat,Sun';

-- Who has a role: the therapists of a practice, out of everybody's accounts.

CREATE INDEX account_role_by_role ON account_role (role, account_id);

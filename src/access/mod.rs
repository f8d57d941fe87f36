//! Who may come in: passwords, logins, access tokens and API keys.

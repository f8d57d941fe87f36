//! `redress account …`: the first admin of an installation, and a way back in for a forgotten password.

use std::io::{self, BufRead, Write};

use clap::Subcommand;

use super::CommandError;
use crate::access::accounts::Accounts;
use crate::access::former_staff;
use crate::access::password::{self, Passwords};
use crate::config::PrivacySettings;
use crate::domain::administration::{Account, AccountChange, AccountDraft, NewAccount};
use crate::domain::credential::Password;
use crate::domain::fault::Faults;
use crate::store::{Store, catalogue};

/// Accounts that one page of the list reads.
const PAGE: i64 = 200;

/// Create and change the accounts of staff
#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// Create an account; without --password-stdin a password is generated and printed once
    Create {
        /// E-mail address, with which its owner signs in
        #[arg(long)]
        email: String,
        /// Name for people
        #[arg(long)]
        name: String,
        /// What it may do
        #[arg(long, value_parser = ["officer", "admin"])]
        role: String,
        /// A region of an officer (repeat it for more); an admin has all
        #[arg(long = "region", value_name = "REGION")]
        regions: Vec<String>,
        /// Read the password from the first line of standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// List all accounts, newest first: id, e-mail address, role, state, regions, name
    List,
    /// Set a new password and end all logins of the account
    SetPassword {
        /// E-mail address of the account
        #[arg(long)]
        email: String,
        /// Read the password from the first line of standard input; otherwise one is generated and printed once
        #[arg(long)]
        password_stdin: bool,
    },
    /// Deactivate an account and end all its logins; the last active admin stays
    ///
    /// Deadlines that would give complaints to it are named: they pass without it from now on.
    Deactivate {
        /// E-mail address of the account
        #[arg(long)]
        email: String,
    },
    /// Take name and e-mail address away from accounts that were deactivated long ago; their ids stay
    ///
    /// Events and the audit trail name accounts by id alone: afterwards nobody can be found by them.
    AnonymiseFormer {
        /// When it is long ago.
        #[command(flatten)]
        privacy: PrivacySettings,
    },
}

/// Runs a command on the accounts in `store` and prints what it did.
///
/// # Errors
/// [`CommandError`].
pub async fn run(command: AccountCommand, store: &Store) -> Result<(), CommandError> {
    let accounts = Accounts::new(store.clone(), Passwords::new());
    match command {
        AccountCommand::Create {
            email,
            name,
            role,
            regions,
            password_stdin,
        } => {
            let chosen = ChosenPassword::new(password_stdin)?;
            let password = chosen.text.clone();
            let draft = AccountDraft {
                email,
                name,
                role,
                regions,
                password,
            };
            let account = accounts.create(&NewAccount::parse(&draft)?).await?;
            print(&format!("created {} {}", account.role, account.email))?;
            chosen.print()
        }
        AccountCommand::List => list(&accounts).await,
        AccountCommand::SetPassword {
            email,
            password_stdin,
        } => set_password(&accounts, &email, ChosenPassword::new(password_stdin)?).await,
        AccountCommand::Deactivate { email } => {
            let change = AccountChange {
                active: Some(false),
                ..AccountChange::default()
            };
            let account = accounts
                .change(accounts.find_id(&email).await?, &change)
                .await?;
            print(&format!("deactivated {}", account.email))?;
            warn_of_escalations(&account, store).await
        }
        AccountCommand::AnonymiseFormer { privacy } => {
            let anonymised = former_staff::anonymise(store, privacy.former_staff()).await?;
            for id in &anonymised {
                print(&format!("anonymised {id}"))?;
            }
            print(&format!("{} in all", anonymised.len()))
        }
    }
}

/// Names the levels of escalation that are reached without the account from now on.
async fn warn_of_escalations(account: &Account, store: &Store) -> Result<(), CommandError> {
    let rules = catalogue::load(store).await?.rules;
    for broken in rules.broken_escalations(account) {
        let region = broken.region.as_ref().map(|id| format!(", region {id}"));
        let severity = broken.severity.map(|it| format!(", {}", it.as_str()));
        print(&format!(
            "warning: the deadlines of {}{}{} name this account at level {}; complaints are not given to it any more",
            broken.category,
            region.unwrap_or_default(),
            severity.unwrap_or_default(),
            broken.level
        ))?;
    }
    Ok(())
}

async fn set_password(
    accounts: &Accounts,
    email: &str,
    chosen: ChosenPassword,
) -> Result<(), CommandError> {
    let mut faults = Faults::default();
    let password = faults.keep("password", Password::parse(&chosen.text));
    let change = AccountChange {
        password: Some(faults.into_result(password)?),
        ..AccountChange::default()
    };
    let account = accounts
        .change(accounts.find_id(email).await?, &change)
        .await?;
    print(&format!(
        "set a new password for {}; its logins have ended",
        account.email
    ))?;
    chosen.print()
}

async fn list(accounts: &Accounts) -> Result<(), CommandError> {
    let mut after = None;
    loop {
        let page = accounts.list(after, PAGE).await?;
        for account in &page {
            print(&line(account))?;
        }
        match page.last() {
            Some(last) => after = Some((last.created_at, last.id)),
            None => return Ok(()),
        }
    }
}

fn line(account: &Account) -> String {
    let state = if account.active { "active" } else { "inactive" };
    let regions: Vec<&str> = account
        .regions
        .iter()
        .map(|region| region.as_str())
        .collect();
    let regions = if regions.is_empty() {
        "-".to_owned()
    } else {
        regions.join(",")
    };
    let Account {
        id,
        email,
        name,
        role,
        ..
    } = account;
    format!("{id}\t{email}\t{role}\t{state}\t{regions}\t{name}")
}

/// A password from standard input, or a generated one that must be shown.
struct ChosenPassword {
    text: String,
    is_generated: bool,
}

impl ChosenPassword {
    fn new(from_stdin: bool) -> io::Result<Self> {
        if !from_stdin {
            return Ok(Self {
                text: password::generate(),
                is_generated: true,
            });
        }
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line)?;
        Ok(Self {
            text: line.trim_end_matches(['\r', '\n']).to_owned(),
            is_generated: false,
        })
    }

    fn print(&self) -> Result<(), CommandError> {
        if self.is_generated {
            print(&format!("password (shown this once): {}", self.text))?;
        }
        Ok(())
    }
}

fn print(line: &str) -> Result<(), CommandError> {
    Ok(writeln!(io::stdout(), "{line}")?)
}

//! The map of the program, for whoever comes next.
//!
//! A pure core decides, a thin shell does. The walk is the product, so its rules stand in one room, `walkthrough`, that
//! can be read by an auditor and proved by walking every state.
//!
//! ```text
//!  keys, paste, size, signals ─┐
//!  the timer, when the screen  ├─► Msg ─► update(model, msg) ─► effects ─► engine ─► adapters
//!    will change by itself     │          the time is the message's           │
//!  answers: an Event, a Ticket ◄──────────────────────────────────────────────┘
//!                       changed, and due?  view(model) ─► page ─► one write to the terminal
//! ```
//!
//! # The rooms
//!
//! ● may do I/O; everything else is pure. A file in a ● room whose first lines say `Pure.` is held to it.
//!
//! | room | what it is |
//! |-|-|
//! | `main` ● | parses the arguments, runs what was asked for, ends with its exit code |
//! | `cli` ● | the table of arguments; makes a site, a vault and an engine, and hands them to the screen or to `plain` |
//! | `site` | a list of addresses, times and names; the lab's, or one from a site file |
//! | `app` ● | the one loop; `pace` says when to draw |
//! | `plain` ● | the same walk as lines of text |
//! | `engine` ● | an effect in, an event out: the only room that starts adapters' work |
//! | `engine::vault` ● | holds the secrets; adapters see one for the time of a call, the model never |
//! | `engine::ledger` ● | the attempts on disk under one lock; the only maker of permits |
//! | `ui` | the screen from the model; changes nothing |
//! | `model` | the walk, and what only the screen knows: focus, scrolling, size, time |
//! | `walkthrough` | the seven steps as one machine; `trial` is the password test, `alone` runs it without a walk, `watch` the verdict, `words` every sentence |
//! | `directory` | controllers, accounts, password tests; `names` reads an account's name, `lockout` and `refusal` judge, `ldap` ● talks |
//! | `portal` | sensors, issues, entries; `signin` is a machine; `client`, `token`, `graph`, `workspace` ● talk |
//! | `sensor` | a sensor server's services; `probe` ● asks |
//! | `logs` | records, what was found in them, and a window on them; `tail` ● follows files and what commands print, `scan` ● searches whole files |
//! | `journal` | numbered, chained lines with a body it never reads; `file` ● keeps them |
//! | `text` | `Safe`: the only door from outside to screen, record and log |
//! | `trust` ● | whose certificates are believed; reads this machine's roots, once, where a connection needs them |
//! | `secret` | wiped on drop; can't be printed, cloned, compared or serialised |
//! | `key` | a key as it was pressed, in the program's own words: shared by `terminal` and `model`, which don't meet |
//! | `child` ● | the site's own programs, run and ended with all they started; for the probe and for logs that a program prints |
//! | `clock` ● | every timer goes through it; everybody may use its moments, only ● rooms the clock |
//! | `terminal` ● | takes the terminal and returns it exactly once; `traits` is pure |
//! | `lab` ● | a small site of its own on this machine; `world` and `scenario` are pure |
//!
//! # Who may import whom
//!
//! ```text
//! main ─► cli, app, plain, lab, site            cli ─► the same, engine, terminal, model, ui's look,
//!                                                      the directory's and the portal's clients for its one-shot commands
//! app ─► engine, ui, model, terminal, walkthrough, key          plain ─► engine, walkthrough, terminal, site
//! engine ─► site, the walk's effects, events and facts, the domains, journal, secret
//! ui ─► model, walkthrough, domain types, key   model ─► walkthrough, domain types, key
//! walkthrough ─► domain types, a secret's name  site ─► domain types, the walk's terms, the lab's addresses
//! directory | portal | sensor | logs ─► secret and their own children; never one another, never upward
//! directory | portal | engine | cli ─► trust, for whoever talks over TLS
//! sensor's probe | logs' tail | engine ─► child
//! terminal ─► key       journal, text, trust, secret, key, clock, child ─► nothing       lab ─► clock alone
//! everybody but lab ─► text, and the clock's moments
//! ```
//!
//! # Invariants
//!
//! `tests/house.rs` reads the source and holds these, and the smaller rules of the house with them:
//!
//! 1. Only ● files name tokio, ldap3, reqwest, the file system, the network, processes or a terminal. Only `clock` asks
//!    the system for the time.
//! 2. Domains never import each other: they meet in `walkthrough`, where they mean something, and in `engine`.
//! 3. `lab` shares no type with the clients it tests, so that an error in one can't cancel the same error in the other.
//!    It hands out plain facts; `site` turns them into the program's types.
//! 4. No secret in a message, event, effect, fact or the model: only its name, `SecretId`. The masked field's keys go
//!    from the loop to the vault, so every message may be printed, recorded and compared.
//! 5. Nothing foreign reaches the screen, the record or the log but as `text::Safe`.
//! 6. A permit to test a password is made where the ledger reserved the attempt, and is consumed by the one bind.
//!
//! # Deliberately absent
//!
//! Any writing to Active Directory, any starting or stopping of a service, NTLM, clear-text binds, retries of a refused
//! password, a trait over directories (a site is a list of addresses), a component tree, time zones, a mouse.
//! Not kept beyond the process: any secret, so a walk that goes on asks for the password again; and what a lab was.
//!
//! # Chosen against the obvious, and why
//!
//! - A site's CA file speaks for its controllers alone, and for a workspace of its own; never for Microsoft's hosts.
//! - Controllers and portal share one way to this machine's roots: a platform's own verifier would be another truth for
//!   half of the connections, and another reading of the same files.
//! - A walk reaches the controllers of the account's own domain, however many domains the site has: a controller of another
//!   can prove nothing, and would have to be explained away before each save.
//! - Reaching asks LDAP and port 88 beside each other: a dead controller costs the time for one. One that answers on port
//!   88 alone is provable although nobody knows whether it is read-only: by Kerberos no password leaves.
//! - Whose bind it was is asked of two witnesses, since a name may be another account's: the token the root gives the
//!   connection, and *who am I*. The absence of the account's SID alone proves nothing, so it alone never blocks.
//! - A key's salt is asked for anew before each proof, not kept from the probe a moment earlier: with a salt gone old a
//!   right password would be refused.
//! - The lab's key distribution centre plays Windows where it differs from Samba: an account that is shut is told before
//!   any proof.
//! - `verify` ends with 1 where a password is neither proved nor refused, and with 3 only where nothing could be asked.
//! - There is no client id of our own, and none of Microsoft's is borrowed: consent to theirs is none to this.
//! - The portal's hosts are looked up by the same library as the controllers, never by the system's own resolver: linked
//!   statically, that one would load a machine's modules of another C library into the program.
//! - One program for every Linux, static, is also what the Debian package holds: what was tested is what is installed.
//! - Releases are built for size, but for what reads logs by the gigabyte. Panics unwind in them too: a panic of one
//!   connection is caught and told, not the end of a walk.
//! - At the portal *saved?* is asked before *how did it get there?*: what was not saved needs no second answer.
//! - Keys are decoded here (`terminal::decode`): crossterm's reader spins once the terminal is gone, can stall on a long
//!   paste, and leaves what was typed unwiped.
//! - All memory is overwritten as it is freed (`main`'s allocator): the copies that ldap3, hyper and the standard library make
//!   of a password can't be reached otherwise.
//! - `scan` searches bytes for what no refusal is without, and parses the record around it alone: a dated line owes nothing
//!   to the lines above it. It reads into buffers, since a map of the file needs unsafe code and counts as memory.
//! - There is no timer but `Walkthrough::due` and `model::next_change`: what nobody waits for doesn't tick.
//! - A refusal that one line of one host alone speaks of, and nothing else by the end of the watch, ends *not confirmed*:
//!   *no refusal seen* would be untrue, and *refused* wants a second kind of evidence.
//! - Failures add up in the ledger as Active Directory adds them: as long as each follows the one before within the
//!   window. A sliding count would forget too soon.
//! - The mark names a log's newest archives too: what was written to them last may not have been read when it is taken.
//!   A source that it could not name gives no evidence until it has been read to its end once.
//! - What stands above the records that the log pane holds is read from the file again when somebody goes there, and what
//!   is far away is let go of: no index, and the same memory for a log of any size.
//! - A followed command's first lines count as new only where they go on from what a former run printed: a clock can't tell.
//! - Failures that others made are forgotten a window after the controller's own last one, put on this console's clock.
//! - The lab's sensors run from the start and bind when the entry changes: were they to bind with the old password at the
//!   start, its window would have to outlast the age that proves a new one.

pub mod app;
pub mod child;
pub mod cli;
pub mod clock;
pub mod directory;
pub mod engine;
pub mod journal;
pub mod key;
pub mod lab;
pub mod logs;
pub mod model;
pub mod plain;
pub mod portal;
pub mod secret;
pub mod sensor;
pub mod site;
pub mod terminal;
pub mod text;
pub mod trust;
pub mod ui;
pub mod walkthrough;

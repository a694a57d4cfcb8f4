//! How many connections are held at once: in all, and of one address. Where there is no place left, the connection that
//! has been silent longest gives way, so that whoever has something to say gets in.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// More than any service needs: a borough's panels many times over.
const PLACES_MAX: usize = 4096;
/// Fewer than this serve nobody, whatever the system allows.
const PLACES_MIN: usize = 16;
/// Files the hub opens for itself (the database, its readers, what it listens on), and connections on their way out.
const FILES_RESERVED: usize = 96;
/// What the meanest system allows a program, where it does not say.
#[cfg(unix)]
const FILES_USUAL: usize = 256;
/// Connections that were told to go and are still there. Beyond this, newcomers of a full address are sent away.
const LEAVING_MAX: usize = 16;

/// How many connections of one kind fit: a third of the files we may open is for panels, one for the web, and one for
/// the files that requests read and write.
pub fn places_max() -> usize {
    (files_max().saturating_sub(FILES_RESERVED) / 3).clamp(PLACES_MIN, PLACES_MAX)
}

/// Asks the system for as many open files as it lets us have, up to what all places need. What it grants is looked up
/// again by [`places_max`].
#[cfg(unix)]
pub fn ask_for_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let wanted = (PLACES_MAX * 3 + FILES_RESERVED) as u64;
    let now = getrlimit(Resource::Nofile);
    let most = now.maximum.map_or(wanted, |maximum| maximum.min(wanted));
    if now.current.is_some_and(|current| current < most) {
        let asked = Rlimit { current: Some(most), maximum: now.maximum };
        if let Err(error) = setrlimit(Resource::Nofile, asked) {
            tracing::warn!(%error, "the system grants no more open files");
        }
    }
}

/// Sockets are no files there, and have no such limit.
#[cfg(not(unix))]
pub fn ask_for_files() {}

#[cfg(target_os = "linux")]
fn files_max() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let soft = line.and_then(|line| line.split_whitespace().next()).unwrap_or_default();
    if soft == "unlimited" { usize::MAX } else { soft.parse().unwrap_or(FILES_USUAL) }
}

#[cfg(all(unix, not(target_os = "linux")))]
fn files_max() -> usize {
    FILES_USUAL
}

/// Sockets are no files there, and have no such limit.
#[cfg(not(unix))]
fn files_max() -> usize {
    usize::MAX
}

/// The places of one kind of connection.
pub struct Places {
    total: usize,
    of_one: usize,
    held: Arc<Mutex<Table>>,
}

#[derive(Default)]
struct Table {
    last: u64,
    rows: HashMap<u64, Arc<Row>>,
}

struct Row {
    from: Origin,
    since: Instant,
    /// Milliseconds after `since` when it was last heard.
    heard_ms: AtomicU64,
    leave: CancellationToken,
}

/// Whom an address belongs to. Who has one IPv6 address has its whole /64.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Origin {
    V4([u8; 4]),
    V6([u8; 8]),
}

impl Origin {
    fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self::V4(v4.octets()),
            IpAddr::V6(v6) => {
                let [a, b, c, d, e, f, g, h, ..] = v6.octets();
                Self::V6([a, b, c, d, e, f, g, h])
            }
        }
    }
}

/// One connection's place; dropping it frees the place.
pub struct Place {
    id: u64,
    row: Arc<Row>,
    held: Arc<Mutex<Table>>,
}

/// What came of asking for a place.
pub enum Entry {
    Free(Place),
    /// Another one was told to go.
    InsteadOf(Place),
    Full,
}

impl Places {
    /// One address gets half: what the others need stays free of it.
    pub fn new(total: usize) -> Self {
        Self { total, of_one: total.div_ceil(2), held: Arc::default() }
    }

    pub fn enter(&self, address: IpAddr) -> Entry {
        let from = Origin::of(address);
        let mut held = lock(&self.held);
        let leaving = held.rows.values().filter(|row| row.leave.is_cancelled()).count();
        let full_of = match held.staying().filter(|row| row.from == from).count() {
            own if own >= self.of_one => Some(from),
            _ if held.rows.len() - leaving >= self.total => held.greatest(),
            _ => None,
        };
        if let Some(full_of) = full_of {
            if leaving >= LEAVING_MAX {
                return Entry::Full;
            }
            held.dismiss(full_of);
        }
        let row = Row { from, since: Instant::now(), heard_ms: AtomicU64::new(0), leave: CancellationToken::new() };
        let row = Arc::new(row);
        held.last += 1;
        let id = held.last;
        held.rows.insert(id, row.clone());
        let place = Place { id, row, held: self.held.clone() };
        if full_of.is_some() { Entry::InsteadOf(place) } else { Entry::Free(place) }
    }
}

impl Table {
    fn staying(&self) -> impl Iterator<Item = &Arc<Row>> {
        self.rows.values().filter(|row| !row.leave.is_cancelled())
    }

    /// Who has the most places.
    fn greatest(&self) -> Option<Origin> {
        let mut counts = HashMap::new();
        self.staying().for_each(|row| *counts.entry(row.from).or_insert(0) += 1);
        counts.into_iter().max_by_key(|(_, count)| *count).map(|(from, _)| from)
    }

    /// Tells the one that was silent longest to go.
    fn dismiss(&self, from: Origin) {
        if let Some(row) = self.staying().filter(|row| row.from == from).min_by_key(|row| row.heard()) {
            row.leave.cancel();
        }
    }
}

impl Row {
    fn heard(&self) -> Instant {
        self.since + std::time::Duration::from_millis(self.heard_ms.load(Ordering::Relaxed))
    }
}

impl Place {
    /// Something came, or was taken, over this connection just now.
    pub fn heard(&self) {
        let ms = u64::try_from(self.row.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.row.heard_ms.store(ms, Ordering::Relaxed);
    }

    /// Resolves when the connection has to give way.
    pub fn taken(&self) -> WaitForCancellationFutureOwned {
        self.row.leave.clone().cancelled_owned()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        lock(&self.held).rows.remove(&self.id);
    }
}

fn lock(table: &Mutex<Table>) -> MutexGuard<'_, Table> {
    table.lock().unwrap_or_else(|e| e.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Ipv4Addr, Ipv6Addr};

    fn v4(last: u8) -> IpAddr {
        Ipv4Addr::new(192, 0, 2, last).into()
    }

    fn place(entry: Entry) -> Place {
        match entry {
            Entry::Free(place) | Entry::InsteadOf(place) => place,
            Entry::Full => panic!("no place"),
        }
    }

    fn must_go(place: &Place) -> bool {
        place.row.leave.is_cancelled()
    }

    /// Heard so many milliseconds after it came.
    fn heard_after(place: &Place, ms: u64) {
        place.row.heard_ms.store(ms, Ordering::Relaxed);
    }

    #[test]
    fn the_longest_silent_of_a_full_address_gives_way_and_nobody_elses() {
        let places = Places::new(8);
        let other = place(places.enter(v4(2)));
        let own: Vec<Place> = (0..4).map(|_| place(places.enter(v4(1)))).collect();
        own.iter().zip([500_000, 100_000, 900_000, 300_000]).for_each(|(place, ms)| heard_after(place, ms));
        assert!(matches!(places.enter(v4(1)), Entry::InsteadOf(_)));
        assert_eq!(own.iter().map(must_go).collect::<Vec<_>>(), [false, true, false, false]);
        assert!(!must_go(&other), "who has been silent longest of all, at another address, stays");
        assert!(matches!(places.enter(v4(2)), Entry::Free(_)));
    }

    #[test]
    fn when_all_places_are_held_the_greatest_holder_gives_way() {
        let places = Places::new(4);
        let many: Vec<Place> = (0..2).map(|_| place(places.enter(v4(1)))).collect();
        let few = [place(places.enter(v4(2))), place(places.enter(v4(3)))];
        let newcomer = places.enter(v4(4));
        assert!(matches!(newcomer, Entry::InsteadOf(_)));
        assert_eq!(many.iter().filter(|place| must_go(place)).count(), 1);
        assert!(!few.iter().any(must_go));
    }

    #[test]
    fn a_place_is_free_again_when_its_connection_ends() {
        let places = Places::new(2);
        for _ in 0..100 {
            assert!(matches!(places.enter(v4(1)), Entry::Free(_)), "the one before has ended");
        }
    }

    #[test]
    fn those_who_were_told_to_go_and_did_not_are_bounded_too() {
        let places = Places::new(2);
        let stuck: Vec<Place> = (0..=LEAVING_MAX).map(|_| place(places.enter(v4(1)))).collect();
        assert!(matches!(places.enter(v4(1)), Entry::Full));
        assert!(matches!(places.enter(v4(2)), Entry::Free(_)), "another address is not held up by them");
        drop(stuck);
        assert!(matches!(places.enter(v4(1)), Entry::Free(_)));
    }

    #[test]
    fn the_addresses_of_one_network_are_one() {
        let places = Places::new(2);
        let near = |last| IpAddr::from(Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, last));
        let first = place(places.enter(near(1)));
        let _second = place(places.enter(near(2)));
        assert!(must_go(&first));
        let mapped = place(places.enter(Ipv4Addr::new(192, 0, 2, 1).to_ipv6_mapped().into()));
        let _same = place(places.enter(v4(1)));
        assert!(must_go(&mapped));
    }
}

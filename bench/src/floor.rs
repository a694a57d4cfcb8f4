//! The durable floor under receiving alarms: the least an honest receiver can do.
//!
//! Frames are cut, checked and read by the same codec as the hub's. Their bytes are appended to a file by one thread,
//! all that wait with one `fdatasync`; only then do the acknowledgements leave. Nothing is decided, indexed, chained or
//! kept from coming twice. Whoever connects to the second address gets every frame after it is on disk.

use chrono::Utc;
use feeds::dc09::{AccountSettings, Accounts, Connection, Limits, Output, Transport};
use std::io::Write;
use std::path::Path;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{broadcast, mpsc, oneshot};

/// As the hub: so many frames go together at most.
const GROUP_MAX: usize = 64;
const WAITING_MAX: usize = 4096;

struct Anybody;

impl Accounts for Anybody {
    fn lookup(&self, _: &str) -> Option<AccountSettings> {
        Some(AccountSettings::default())
    }
}

type Frame = (Vec<u8>, oneshot::Sender<()>);

/// Serves until it is killed. Prints the two addresses.
pub fn run(file: &Path) -> anyhow::Result<()> {
    let file = std::fs::File::create(file)?;
    let (inbox, waiting) = mpsc::channel(WAITING_MAX);
    let stored = broadcast::Sender::new(WAITING_MAX);
    let told = stored.clone();
    std::thread::spawn(move || append(file, waiting, &told));
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let panels = TcpListener::bind("127.0.0.1:0").await?;
        let followers = TcpListener::bind("127.0.0.1:0").await?;
        writeln!(std::io::stdout(), "{}\n{}", panels.local_addr()?, followers.local_addr()?)?;
        tokio::spawn(async move {
            while let Ok((stream, _)) = followers.accept().await {
                tokio::spawn(follow(stream, stored.subscribe()));
            }
        });
        loop {
            let (stream, _) = panels.accept().await?;
            tokio::spawn(connection(stream, inbox.clone()));
        }
    })
}

fn append(mut file: std::fs::File, mut waiting: mpsc::Receiver<Frame>, stored: &broadcast::Sender<Vec<u8>>) {
    let mut group = Vec::with_capacity(GROUP_MAX);
    while waiting.blocking_recv_many(&mut group, GROUP_MAX) > 0 {
        let bytes: Vec<u8> = group.iter().flat_map(|(bytes, _)| bytes.iter().copied()).collect();
        if file.write_all(&bytes).and_then(|()| file.sync_data()).is_err() {
            // Nothing is acknowledged that is not on disk.
            return;
        }
        for (bytes, answer) in group.drain(..) {
            // Nobody following, or a panel gone, is no failure.
            let _ = stored.send(bytes);
            let _ = answer.send(());
        }
    }
}

async fn connection(mut stream: TcpStream, inbox: mpsc::Sender<Frame>) -> anyhow::Result<()> {
    stream.set_nodelay(true)?;
    let mut protocol = Connection::new(Transport::Tcp, Limits::default());
    let mut buffer = vec![0u8; 4096];
    loop {
        let n = stream.read(&mut buffer).await?;
        if n == 0 {
            return Ok(());
        }
        for output in protocol.feed(&buffer[..n], Utc::now(), &Anybody) {
            if let Output::Event(received) = output {
                let (answer, answered) = oneshot::channel();
                inbox.send((received.message.raw.clone().into_bytes(), answer)).await?;
                answered.await?;
                stream.write_all(&received.ack(Utc::now(), &[])).await?;
            }
        }
    }
}

async fn follow(mut stream: TcpStream, mut stored: broadcast::Receiver<Vec<u8>>) -> anyhow::Result<()> {
    stream.set_nodelay(true)?;
    loop {
        let mut frame = stored.recv().await?;
        frame.push(b'\n');
        stream.write_all(&frame).await?;
    }
}

//! A mail server (RFC 5321) as small as one can be: takes letters, refuses whom it is told to, and can be away.

use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

pub struct MailServer {
    pub port: u16,
    inner: Arc<Mutex<Inner>>,
    serving: tokio::task::JoinHandle<()>,
}

#[derive(Default)]
struct Inner {
    letters: Vec<Letter>,
    /// Recipients it answers otherwise: the whole line.
    answers: Vec<(String, String)>,
    connections: usize,
}

/// A letter as it came over the wire.
#[derive(Clone, Debug)]
pub struct Letter {
    pub from: String,
    pub to: String,
    pub text: String,
}

impl Letter {
    /// A header that stands on one line.
    pub fn header(&self, name: &str) -> &str {
        let start = format!("{name}: ");
        self.text.lines().take_while(|l| !l.is_empty()).find_map(|l| l.strip_prefix(&start)).unwrap_or_default()
    }
}

impl MailServer {
    pub async fn start() -> Self {
        Self::start_at(0, &[]).await
    }

    /// On a port of the test's choice, with answers from the first connection on.
    pub async fn start_at(port: u16, answers: &[(&str, &str)]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("the port is free");
        let port = listener.local_addr().expect("an address").port();
        let answers = answers.iter().map(|(address, line)| ((*address).into(), (*line).into())).collect();
        let inner = Arc::new(Mutex::new(Inner { answers, ..Inner::default() }));
        let shared = inner.clone();
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.lock().expect("no test panics in here").connections += 1;
                tokio::spawn(talk(stream, shared.clone()));
            }
        });
        Self { port, inner, serving }
    }

    /// Answers whoever writes to this address with this line.
    pub fn answer(&self, address: &str, line: &str) {
        let mut inner = self.lock();
        inner.answers.retain(|(known, _)| known != address);
        inner.answers.push((address.into(), line.into()));
    }

    pub fn letters(&self) -> Vec<Letter> {
        self.lock().letters.clone()
    }

    pub fn connections(&self) -> usize {
        self.lock().connections
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().expect("no test panics in here")
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn talk(stream: TcpStream, inner: Arc<Mutex<Inner>>) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 sink.example.org ESMTP\r\n").await?;
    let (mut from, mut to) = (String::new(), String::new());
    while let Some(line) = lines.next_line().await? {
        let upper = line.to_ascii_uppercase();
        let address = || line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
        let answer = if upper.starts_with("EHLO") {
            "250-sink.example.org\r\n250 8BITMIME".to_owned()
        } else if upper.starts_with("MAIL FROM") {
            from = address();
            "250 OK".into()
        } else if upper.starts_with("RCPT TO") {
            to = address();
            let inner = inner.lock().expect("no test panics in here");
            let known = inner.answers.iter().find(|(address, _)| *address == to);
            known.map_or_else(|| "250 OK".to_owned(), |(_, line)| line.clone())
        } else if upper.starts_with("DATA") {
            write.write_all(b"354 go on\r\n").await?;
            let mut text = String::new();
            while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                text.push_str(line.strip_prefix('.').unwrap_or(&line));
                text.push('\n');
            }
            let letter = Letter { from: from.clone(), to: to.clone(), text };
            inner.lock().expect("no test panics in here").letters.push(letter);
            "250 2.0.0 taken as 4711".into()
        } else if upper.starts_with("QUIT") {
            write.write_all(b"221 bye\r\n").await?;
            return Ok(());
        } else {
            "250 OK".into()
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}

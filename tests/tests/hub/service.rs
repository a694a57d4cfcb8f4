//! A server of somebody else's that a test plays: what it says to each request, and what it was asked.

use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// What the server says to a request: its line, with the body after it.
pub type Says = Arc<dyn Fn(&str) -> Said + Send + Sync>;

pub enum Said {
    Json(u16, String),
    /// The same answer twice in a row on one connection.
    Twice(u16),
    /// Held open until the hub has had enough of it.
    Nothing,
}

pub struct Server {
    pub origin: String,
    /// Line, body and authorization of every request.
    pub asked: Arc<Mutex<Vec<(String, String, String)>>>,
    says: Arc<Mutex<Says>>,
}

impl Server {
    pub async fn start(says: impl Fn(&str) -> Said + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let says: Arc<Mutex<Says>> = Arc::new(Mutex::new(Arc::new(says)));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (answers, seen) = (says.clone(), asked.clone());
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let (answers, seen) = (answers.clone(), seen.clone());
                tokio::spawn(async move {
                    let mut head = Vec::new();
                    while !head.ends_with(b"\r\n\r\n") {
                        match stream.read_u8().await {
                            Ok(byte) => head.push(byte),
                            Err(_) => return,
                        }
                    }
                    let head = String::from_utf8(head).unwrap();
                    let field = |name: &str| head.lines().find_map(|l| l.strip_prefix(name)).unwrap_or("").to_owned();
                    let mut body = vec![0; field("content-length: ").parse().unwrap_or(0)];
                    stream.read_exact(&mut body).await.unwrap();
                    let (line, body) = (head.lines().next().unwrap().to_owned(), String::from_utf8(body).unwrap());
                    let says = answers.lock().unwrap().clone();
                    seen.lock().unwrap().push((line.clone(), body.clone(), field("authorization: ")));
                    let (status, text, times) = match says(&format!("{line}\n{body}")) {
                        Said::Json(status, text) => (status, text, 1),
                        Said::Twice(status) => (status, "{}".to_owned(), 2),
                        Said::Nothing => return drop(stream.read_u8().await),
                    };
                    let (length, ends) = (text.len(), if times == 1 { "connection: close\r\n" } else { "" });
                    let head = format!("HTTP/1.1 {status} Told\r\ncontent-length: {length}\r\n{ends}\r\n");
                    for _ in 0..times {
                        let _ = stream.write_all(head.as_bytes()).await;
                        let _ = stream.write_all(text.as_bytes()).await;
                    }
                });
            }
        });
        Self { origin, asked, says }
    }

    pub fn now_says(&self, says: impl Fn(&str) -> Said + Send + Sync + 'static) {
        *self.says.lock().unwrap() = Arc::new(says);
    }

    /// Nobody listens there any more.
    pub fn gone() -> Self {
        let says: Says = Arc::new(|_| Said::Nothing);
        Self { origin: "http://127.0.0.1:9".into(), asked: Arc::default(), says: Arc::new(Mutex::new(says)) }
    }

    pub fn lines(&self) -> Vec<String> {
        self.asked.lock().unwrap().iter().map(|(line, ..)| line.clone()).collect()
    }
}

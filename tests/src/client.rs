//! A program at the hub's interfaces: commands and reads over HTTP, frames over TCP.

use anyhow::Context;
use chrono::Utc;
use serde_json::{Value, json};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use uuid::Uuid;

#[derive(Clone)]
pub struct Client {
    pub base: String,
    pub token: String,
    pub http: reqwest::Client,
}

impl Client {
    pub fn new(base: impl Into<String>, token: impl Into<String>) -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        Self { base: base.into(), token: token.into(), http: reqwest::Client::new() }
    }

    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        let answer = self.http.get(format!("{}{path}", self.base)).bearer_auth(&self.token).send().await?;
        Ok(answer.error_for_status()?.json().await?)
    }

    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<reqwest::Response> {
        let request = self.http.post(format!("{}{path}", self.base)).bearer_auth(&self.token).json(body);
        Ok(request.send().await?)
    }

    /// Sends one command; gives its result.
    pub async fn command(&self, kind: &str, target: &str, body: Value) -> anyhow::Result<Value> {
        self.send(&envelope(kind, target, body)).await
    }

    pub async fn send(&self, command: &Value) -> anyhow::Result<Value> {
        let answer = self.post("/v1/commands", &json!({ "commands": [command] })).await?.error_for_status()?;
        let mut answer: Value = answer.json().await?;
        Ok(answer["results"][0].take())
    }

    /// Sends one command that must be accepted.
    pub async fn must(&self, kind: &str, target: &str, body: Value) -> anyhow::Result<()> {
        let result = self.command(kind, target, body).await?;
        anyhow::ensure!(result["outcome"] == "accepted", "{kind} on {target}: {result}");
        Ok(())
    }

    pub async fn alarms(&self) -> anyhow::Result<Vec<Value>> {
        let mut all = Vec::new();
        let mut after = 0;
        loop {
            let page = self.get(&format!("/v1/alarms?after={after}&limit=1000")).await?;
            let rows = page["alarms"].as_array().context("no list of alarms")?.clone();
            if rows.is_empty() {
                return Ok(all);
            }
            after = page["next"].as_i64().context("no next")?;
            all.extend(rows);
        }
    }
}

pub fn envelope(kind: &str, target: &str, body: Value) -> Value {
    json!({ "id": Uuid::now_v7(), "at": Utc::now(), "kind": kind, "v": 1, "target": target, "body": body })
}

/// One panel's connection.
pub struct Line(TcpStream);

impl Line {
    pub async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        Ok(Self(TcpStream::connect(address).await?))
    }

    pub async fn write(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        Ok(self.0.write_all(bytes).await?)
    }

    /// The next reply, up to its CR.
    pub async fn reply(&mut self) -> anyhow::Result<String> {
        let mut bytes = Vec::new();
        let mut byte = [0u8; 1];
        loop {
            let read = tokio::time::timeout(crate::PATIENCE, self.0.read(&mut byte)).await??;
            anyhow::ensure!(read == 1, "the line closed after {:?}", String::from_utf8_lossy(&bytes));
            bytes.push(byte[0]);
            if byte[0] == b'\r' {
                return Ok(String::from_utf8_lossy(&bytes).trim().to_owned());
            }
        }
    }

    pub async fn ask(&mut self, frame: &[u8]) -> anyhow::Result<String> {
        self.write(frame).await?;
        self.reply().await
    }
}

//! A hub under `strace`: every system call that reads a frame, writes a file, waits for the disk or answers.

use crate::load::Frame;
use anyhow::{Context, bail, ensure};
use feeds::dc09::{ReplyKind, parse_reply};
use std::collections::HashMap;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::Command;
use watchhouse_tests::eventually;
use watchhouse_tests::programs::{Hub, program};

/// Whatever can read a frame, answer one, or change a file. What nobody here understands is noticed because it is
/// traced.
const CALLS: &str = "recvfrom,recvmsg,read,sendto,sendmsg,write,writev,pwrite64,pwritev,pwritev2,openat,\
                     truncate,ftruncate,fallocate,fsync,fdatasync,sync_file_range,rename,renameat,renameat2,unlink,\
                     unlinkat";
/// Longer than anything a hub writes at once, so that no data is cut off.
const DATA_MAX: &str = "16777216";
/// A killed process is the last line of its trace; this much of the end certainly holds it.
const TAIL: u64 = 4096;

/// One system call. `began` and `ended` count lines of the trace. A thread that waits for another is traced in that
/// order, so what ended before another began was over for everybody.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Call {
    pub name: String,
    /// What the first argument stands for: a path, or a socket.
    pub on: String,
    /// The first text among the arguments: what was written, read or sent.
    pub data: Vec<u8>,
    /// The last argument, if it is a number: where a `pwrite64` wrote, how long `ftruncate` made a file.
    pub last: Option<u64>,
    /// None for a call that never came back.
    pub result: Option<i64>,
    pub began: usize,
    pub ended: usize,
}

impl Call {
    pub fn flushes(&self, file: &str) -> bool {
        matches!(self.name.as_str(), "fsync" | "fdatasync") && self.on == file && self.result == Some(0)
    }

    pub fn writes(&self, file: &str) -> bool {
        self.name == "pwrite64" && self.on == file
    }
}

/// Why nothing can be traced here, if so: found out by tracing something.
pub fn impossible() -> Option<String> {
    let file = tempfile::NamedTempFile::new().ok()?;
    let tried = Command::new("strace").args(["-f", "-e", "trace=execve", "-o"]).arg(file.path()).arg("true").output();
    match tried {
        Err(error) => Some(format!("strace does not start: {error}")),
        Ok(_) if std::fs::read_to_string(file.path()).is_ok_and(|trace| trace.contains("execve(")) => None,
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            Some(format!("this machine does not let processes be traced: {}", said.lines().next().unwrap_or_default()))
        }
    }
}

/// A hub and the trace of what it does.
pub struct Traced {
    pub hub: Hub,
    file: PathBuf,
}

impl Traced {
    /// `strace` steps aside (`-D`), so that the child is the hub itself and a kill is the hub's.
    pub fn start(data: &Path) -> anyhow::Result<Self> {
        let file = data.with_extension("trace");
        let mut command = Command::new("strace");
        command.args(["-D", "-f", "-ttt", "-y", "-xx", "--seccomp-bpf", "-s", DATA_MAX, "-e"]);
        command.arg(format!("trace={CALLS}")).arg("-o").arg(&file).arg(program("watchhouse-hub"));
        command.args(["serve", "--http", "127.0.0.1:0", "--dc09", "127.0.0.1:0", "--data"]).arg(data);
        Ok(Self { hub: Hub::spawn(command, data)?, file })
    }

    /// Kills the hub; gives every call it made, by when they began.
    pub async fn end(self) -> anyhow::Result<Vec<Call>> {
        let last = format!("{} ", self.hub.child.id());
        self.hub.kill();
        eventually("the end of the trace", async || {
            let tail = tail(&self.file).ok()?;
            let end = tail.trim_end().lines().next_back()?;
            (end.starts_with(&last) && end.contains("+++ killed by SIGKILL")).then_some(())
        })
        .await;
        let text = std::fs::read(&self.file)?;
        std::fs::remove_file(&self.file)?;
        parse(std::str::from_utf8(&text)?)
    }
}

fn tail(file: &Path) -> anyhow::Result<String> {
    let mut file = std::fs::File::open(file)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The calls of a trace, by when they began.
fn parse(text: &str) -> anyhow::Result<Vec<Call>> {
    let mut begun: HashMap<&str, (usize, &str)> = HashMap::new();
    let mut calls = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let (thread, rest) = line.split_once(' ').with_context(|| format!("no thread in “{line}”"))?;
        let (_time, what) = rest.trim_start().split_once(' ').with_context(|| format!("no time in “{line}”"))?;
        if what.starts_with("+++") || what.starts_with("---") {
            continue;
        }
        if let Some(part) = what.strip_suffix("<unfinished ...>") {
            begun.insert(thread, (at, part));
        } else if let Some(part) = what.strip_prefix("<... ") {
            let (began, first) = begun.remove(thread).with_context(|| format!("resumed from nowhere: “{line}”"))?;
            let (_, second) = part.split_once("resumed>").with_context(|| format!("not resumed: “{line}”"))?;
            calls.push(call(&format!("{first}{second}"), began, at)?);
        } else {
            calls.push(call(what, at, at)?);
        }
    }
    let never = begun.into_values().map(|(began, first)| call(first, began, usize::MAX));
    calls.extend(never.collect::<anyhow::Result<Vec<_>>>()?);
    calls.sort_by_key(|call| call.began);
    Ok(calls)
}

/// `name(12<path>, "data", …, 4096) = 24`
fn call(text: &str, began: usize, ended: usize) -> anyhow::Result<Call> {
    let (name, rest) = text.split_once('(').with_context(|| format!("no call: “{text}”"))?;
    let (arguments, result) = match rest.rsplit_once(") = ") {
        Some((arguments, result)) => (arguments, result.split([' ', '<']).next().and_then(|n| n.parse().ok())),
        None => (rest, None),
    };
    let data = arguments.split_once('"').and_then(|(_, rest)| rest.split_once('"'));
    ensure!(data.is_none_or(|(_, rest)| !rest.starts_with("...")), "{name} has more data than was traced");
    let on = arguments.split_once('<').map_or("", |(_, rest)| rest.split(['>']).next().unwrap_or_default());
    Ok(Call {
        name: name.to_owned(),
        on: String::from_utf8_lossy(&bytes(on)?).into_owned(),
        data: data.map_or(Ok(vec![]), |(data, _)| bytes(data))?,
        last: arguments.trim_end().rsplit(", ").next().and_then(|n| n.parse().ok()),
        result,
        began,
        ended,
    })
}

/// Text in which every byte is `\x41`; what has no such form (`socket:[17]`) stays as it is.
fn bytes(text: &str) -> anyhow::Result<Vec<u8>> {
    if !text.starts_with("\\x") {
        return Ok(text.as_bytes().to_owned());
    }
    let digit = |c: u8| char::from(c).to_digit(16).context("not hexadecimal");
    let form = text.as_bytes().chunks_exact(4);
    ensure!(form.remainder().is_empty(), "not bytes: “{text}”");
    form.map(|byte| match byte {
        [b'\\', b'x', high, low] => Ok((digit(*high)? * 16 + digit(*low)?) as u8),
        _ => bail!("not a byte: {byte:?}"),
    })
    .collect()
}

/// Where the hub read each frame.
pub fn reads(calls: &[Call]) -> HashMap<Frame, &Call> {
    let received = calls.iter().filter(|c| c.name.starts_with("recv") && c.data.starts_with(b"\n"));
    received.flat_map(|call| Frame::marked_in(&call.data).map(move |frame| (frame, call))).collect()
}

/// Where each acknowledgement began to leave, in that order.
pub fn acknowledgements(calls: &[Call]) -> anyhow::Result<Vec<(Frame, usize)>> {
    let sent = calls.iter().filter(|c| c.name.starts_with("send") && c.data.starts_with(b"\n"));
    sent.map(|call| {
        let reply = parse_reply(&call.data, None)?;
        ensure!(reply.kind == ReplyKind::Ack, "a panel was answered {reply:?}");
        Ok((Frame { account: reply.account.context("an ACK for nobody")?, seq: reply.seq }, call.began))
    })
    .collect()
}

#[test]
fn a_call_that_was_interrupted_by_others_is_one_call() -> anyhow::Result<()> {
    let trace = "\
10 1.0 pwrite64(7<\\x2f\\x61>, \"\\x00\\xff\", 2, 4096) = 2
11 1.1 fsync(7<\\x2f\\x61> <unfinished ...>
10 1.2 recvfrom(9<socket:[5]>, \"\\x0a\", 16, 0, NULL, NULL) = 1
11 1.3 <... fsync resumed>) = 0
12 1.4 fsync(7<\\x2f\\x61> <unfinished ...>
12 1.5 +++ killed by SIGKILL +++
";
    let calls = parse(trace)?;
    let seen: Vec<_> = calls.iter().map(|c| (c.name.as_str(), c.on.as_str(), c.result, c.began, c.ended)).collect();
    let expected = [
        ("pwrite64", "/a", Some(2), 0, 0),
        ("fsync", "/a", Some(0), 1, 3),
        ("recvfrom", "socket:[5]", Some(1), 2, 2),
        ("fsync", "/a", None, 4, usize::MAX),
    ];
    assert_eq!(seen, expected);
    assert_eq!((calls[0].data.as_slice(), calls[0].last), ([0u8, 0xff].as_slice(), Some(4096)));
    assert!(calls[1].flushes("/a") && !calls[3].flushes("/a"));
    Ok(())
}

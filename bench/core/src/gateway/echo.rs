//! The least a server can do: answer each message of an order's size with one of a report's size.

use std::cell::RefCell;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::Duration;

use mio::{Events, Interest, Poll, Token};

use super::client::{ORDER_BYTES, REPORT_BYTES};

/// An echo and a client of it.
pub(super) struct Echo {
    stream: RefCell<Option<TcpStream>>,
    thread: Option<JoinHandle<()>>,
}

impl Echo {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address: SocketAddr = listener.local_addr().expect("an address");
        let thread = std::thread::spawn(move || serve(&listener));
        let stream = TcpStream::connect(address).expect("the echo listens");
        stream.set_nodelay(true).expect("a socket option");
        Echo { stream: RefCell::new(Some(stream)), thread: Some(thread) }
    }

    pub(super) fn round(&self) {
        let mut stream = self.stream.borrow_mut();
        let Some(stream) = stream.as_mut() else { return };
        stream.write_all(&[1; ORDER_BYTES]).expect("the echo is there");
        stream.read_exact(&mut [0; REPORT_BYTES]).expect("the echo answers");
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        self.stream.borrow_mut().take();
        self.thread.take().map(JoinHandle::join);
    }
}

/// Waits, reads and writes as the gateway does.
fn serve(listener: &TcpListener) {
    let (stream, _) = listener.accept().expect("a client");
    stream.set_nodelay(true).expect("a socket option");
    stream.set_nonblocking(true).expect("a socket option");
    let mut stream = mio::net::TcpStream::from_std(stream);
    let mut poll = Poll::new().expect("a poll");
    let mut events = Events::with_capacity(8);
    poll.registry().register(&mut stream, Token(0), Interest::READABLE).expect("a socket to watch");
    let (mut buffer, mut waiting) = ([0; 16_384], 0);
    loop {
        poll.poll(&mut events, Some(Duration::from_millis(100))).expect("a poll");
        if events.is_empty() {
            continue;
        }
        match stream.read(&mut buffer) {
            Ok(0) => return,
            Ok(count) => waiting += count,
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
        while waiting >= ORDER_BYTES {
            waiting -= ORDER_BYTES;
            stream.write_all(&[2; REPORT_BYTES]).expect("room for one answer");
        }
    }
}

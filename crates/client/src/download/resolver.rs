//! Names to addresses, and only to public ones.

use std::{
    error, fmt, io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use reqwest::dns::{Addrs, Name, Resolving};

use super::address::is_public;

/// Looks up the addresses of a host. The system's resolver is used unless you give one.
#[async_trait::async_trait]
pub trait Resolve: Send + Sync + 'static {
    /// Every address of `host`.
    ///
    /// # Errors
    /// When there is none or the question could not be answered.
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// The system's own.
pub(super) struct System;

#[async_trait::async_trait]
impl Resolve for System {
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// Passes public addresses on, to the very connection that is made: between looking and connecting
/// nobody asks again.
#[derive(Clone)]
pub(super) struct OnlyPublic {
    pub(super) resolver: Arc<dyn Resolve>,
    pub(super) loopback_too: bool,
}

/// The name led somewhere it must not.
#[derive(Debug)]
pub(super) struct NotPublic;

impl fmt::Display for NotPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the host has an address that is not public")
    }
}

impl error::Error for NotPublic {}

impl OnlyPublic {
    pub(super) fn allows(&self, address: IpAddr) -> bool {
        is_public(address) || (self.loopback_too && address.is_loopback())
    }
}

impl reqwest::dns::Resolve for OnlyPublic {
    fn resolve(&self, name: Name) -> Resolving {
        let this = self.clone();
        Box::pin(async move {
            let addresses = this.resolver.resolve(name.as_str()).await?;
            // One bad address among good ones is a trick, not a mistake.
            if !addresses.iter().all(|address| this.allows(*address)) {
                return Err(NotPublic.into());
            }
            let addresses: Addrs = Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}

//! Resolves host names to public addresses.

use std::{
    error, fmt, io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use reqwest::dns::{Addrs, Name, Resolving};

use super::address::is_public;

/// Resolves host names.
#[async_trait::async_trait]
pub trait Resolve: Send + Sync + 'static {
    /// Returns every address of `host`.
    ///
    /// # Errors
    /// When the host has no address or the lookup fails.
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// The system's resolver.
pub(super) struct System;

#[async_trait::async_trait]
impl Resolve for System {
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// Passes only public addresses to the connection. It resolves once, so a name cannot change between check and
/// connection.
#[derive(Clone)]
pub(super) struct OnlyPublic {
    pub(super) resolver: Arc<dyn Resolve>,
    pub(super) loopback_too: bool,
}

/// The host has an address that is not public.
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
            // One private address among public ones is an attack, not a mistake.
            if !addresses.iter().all(|address| this.allows(*address)) {
                return Err(NotPublic.into());
            }
            let addresses: Addrs = Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}

//! Empty: what is weighed is what stands in the manifest.

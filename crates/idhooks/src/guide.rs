// Nothing in here exists but in the documentation: the pages are Markdown beside this crate.

#![cfg_attr(not(doctest), doc = include_str!("../guide/links.md"))]
#![doc = include_str!("../guide/README.md")]

/// A page. The definitions of links come first, and so win over the page's own, which are for GitHub. Tests are named
/// after the first file, so there they are left out.
macro_rules! pages {
    ($($name:ident = $file:literal;)+) => {$(
        #[cfg_attr(not(doctest), doc = include_str!("../guide/links.md"))]
        #[doc = include_str!($file)]
        pub mod $name {}
    )+};
}

pages! {
    quick_start = "../guide/quick_start.md";
    vendors = "../guide/vendors.md";
    recipes = "../guide/recipes.md";
    inbox = "../guide/inbox.md";
    calling_back = "../guide/calling_back.md";
    deployment = "../guide/deployment.md";
    security = "../guide/security.md";
    compatibility = "../guide/compatibility.md";
    upgrading = "../guide/upgrading.md";
}

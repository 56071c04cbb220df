//! Values of statements, which know their type and hide themselves.

use std::{error, fmt, time::SystemTime};

use bytes::BytesMut;
use tokio_postgres::types::{Format, IsNull, ToSql, Type};

/// A value of a statement. `Debug` hides it, because the driver logs parameters at the level debug.
#[derive(Clone)]
pub(super) struct Param<'a> {
    value: &'a (dyn ToSql + Sync),
    pub(super) kind: Type,
}

impl<'a> Param<'a> {
    pub(super) fn new<T: Typed>(value: &'a T) -> Self {
        Self { value, kind: T::TYPE }
    }
}

impl fmt::Debug for Param<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

impl ToSql for Param<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn error::Error + Sync + Send>> {
        self.value.to_sql_checked(kind, out)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn error::Error + Sync + Send>> {
        self.value.to_sql_checked(kind, out)
    }

    fn encode_format(&self, kind: &Type) -> Format {
        self.value.encode_format(kind)
    }
}

/// A Rust type that stands for one type of PostgreSQL.
pub(super) trait Typed: ToSql + Sync + Sized {
    const TYPE: Type;
    const ARRAY: Type;
}

macro_rules! typed {
    ($($rust:ty => $kind:ident, $array:ident;)*) => {
        $(impl Typed for $rust {
            const TYPE: Type = Type::$kind;
            const ARRAY: Type = Type::$array;
        })*
    };
}

typed! {
    bool => BOOL, BOOL_ARRAY;
    i16 => INT2, INT2_ARRAY;
    i32 => INT4, INT4_ARRAY;
    i64 => INT8, INT8_ARRAY;
    f64 => FLOAT8, FLOAT8_ARRAY;
    &str => TEXT, TEXT_ARRAY;
    &[u8] => BYTEA, BYTEA_ARRAY;
    SystemTime => TIMESTAMPTZ, TIMESTAMPTZ_ARRAY;
}

impl<T: Typed> Typed for Option<T> {
    const TYPE: Type = T::TYPE;
    const ARRAY: Type = T::ARRAY;
}

impl<T: Typed> Typed for Vec<T> {
    const TYPE: Type = T::ARRAY;
    const ARRAY: Type = T::ARRAY;
}

/// The values of a statement, in the order of their numbers.
macro_rules! params {
    ($($value:expr),* $(,)?) => { [$($crate::postgres::param::Param::new($value)),*] };
}
pub(super) use params;

//! The person a process is about.

use idhooks_core::{Lenient, List, Pii, open_enum, payload};

open_enum! {
    /// The kind of document number a person is known by.
    ///
    /// Source: [documented](https://developer.unico.io/developers/api-reference/web-sdk/post-process).
    pub enum DuiType {
        /// Brazil, CPF.
        BrCpf = "DUI_TYPE_BR_CPF",
        /// Brazil, passport.
        BrPassport = "DUI_TYPE_BR_PASSPORT",
        /// Mexico, CURP.
        MxCurp = "DUI_TYPE_MX_CURP",
        /// United States, social security number.
        UsSsn = "DUI_TYPE_US_SSN",
        /// United States, passport.
        UsPassport = "DUI_TYPE_US_PASSPORT",
        /// United States, driving licence.
        UsDriverLicense = "DUI_TYPE_US_DRIVER_LICENSE",
        /// Argentina, DNI.
        ArDni = "DUI_TYPE_AR_DNI",
        /// Argentina, passport.
        ArPassport = "DUI_TYPE_AR_PASSPORT",
        /// Nigeria, NIN.
        NgNin = "DUI_TYPE_NG_NIN",
        /// Nigeria, BVN.
        NgBvn = "DUI_TYPE_NG_BVN",
        /// Chile, RUN.
        ClRun = "DUI_TYPE_CL_RUN",
        /// Ecuador, NI.
        EcNi = "DUI_TYPE_EC_NI",
        /// Guatemala, CUI.
        GtCui = "DUI_TYPE_GT_CUI",
        /// Uruguay, CI.
        UyCi = "DUI_TYPE_UY_CI",
        /// Indonesia, NIK.
        IdNik = "DUI_TYPE_ID_NIK",
        /// Anywhere, an e-mail address.
        ZzEmail = "DUI_TYPE_ZZ_EMAIL",
        /// Anywhere, a phone number.
        ZzPhoneNumber = "DUI_TYPE_ZZ_PHONE_NUMBER",
    }
}

open_enum! {
    /// How the person is told where to go.
    ///
    /// Sources: documented on the
    /// [previous portal](https://devcenter.unico.io/idcloud/en/integrations/integration-by-unico/api/api-reference/getprocess/example-of-responses-separated-by-flows);
    /// the [current one](https://developer.unico.io/developers/api-reference/web-sdk/get-process/index.html) writes `email`.
    pub enum NotificationChannel {
        /// WhatsApp.
        WhatsApp = "NOTIFICATION_CHANNEL_WHATSAPP",
        /// Text message.
        Sms = "NOTIFICATION_CHANNEL_SMS",
        /// E-mail.
        Email = "NOTIFICATION_CHANNEL_EMAIL",
        /// E-mail, in the other spelling.
        PlainEmail = "email",
    }
}

impl NotificationChannel {
    /// Returns whether it is e-mail, in either spelling.
    #[must_use]
    pub fn is_email(&self) -> bool {
        matches!(self, Self::Email | Self::PlainEmail)
    }
}

payload! {
    /// One way the person is told where to go.
    pub struct Notification {
        /// The channel.
        pub notification_channel: Lenient<NotificationChannel> = "notificationChannel",
    }
}

payload! {
    /// The person a process is about, as it was created with.
    ///
    /// Source: [documented](https://developer.unico.io/developers/api-reference/web-sdk/get-process/index.html).
    pub struct Person {
        /// The kind of number in `dui_value`.
        pub dui_type: Lenient<DuiType> = "duiType",
        /// The document number, digits only when it was created.
        pub dui_value: Lenient<Pii<Box<str>>> = "duiValue",
        /// Name; may be empty.
        pub friendly_name: Lenient<Pii<Box<str>>> = "friendlyName",
        /// E-mail address.
        pub email: Lenient<Pii<Box<str>>> = "email",
        /// Phone number.
        pub phone: Lenient<Pii<Box<str>>> = "phone",
        /// Ways the person gets the link.
        pub notifications: Lenient<List<Notification>> = "notifications",
    }
}

//! What a form says about itself, and the entity its submissions make.

use super::field::Rule;

/// Settings of a form beside its id, version and title. How a filled form is called in lists is the
/// calculation of its field [`super::FieldType::InstanceName`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Where submissions go, when not to the server the form came from.
    pub submission_url: String,
    /// Public key (RSA, PEM without its frame) that submissions are encrypted with; empty for none.
    pub public_key: String,
    /// `true`, `false` or empty: sent as soon as there is a network.
    pub auto_send: String,
    /// `true`, `false` or empty: deleted from the phone once sent.
    pub auto_delete: String,
    /// How the form as a whole is shown, e.g. `pages`: attribute `class` of the body.
    pub style: String,
    /// Further namespaces: prefix and address.
    pub namespaces: Vec<(String, String)>,
    /// Further attributes of the primary instance's root.
    pub attributes: Vec<(String, String)>,
}

/// The entity that a submission creates or updates (ODK entities specification 2024.1).
#[derive(Clone, Debug, PartialEq)]
pub struct Entity {
    /// The list it belongs to.
    pub list: String,
    /// What people see of it.
    pub label: Option<Box<Rule>>,
    /// Id of the entity that is updated; none when one is created.
    pub id: Option<Box<Rule>>,
    /// Created only when true.
    pub create_if: Option<Box<Rule>>,
    /// Updated only when true.
    pub update_if: Option<Box<Rule>>,
}

/// A file whose content expressions read: `instance('id')`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct External {
    /// Id of the instance.
    pub id: String,
    /// The file's name (`crops.csv`, `map.xml`, `sites.geojson`); empty for the last saved
    /// submission of this form.
    pub file: String,
}

//! What is written down is what is there: the OpenAPI document, the SQL files, the settings' page.

mod openapi;
mod settings;
mod sql;

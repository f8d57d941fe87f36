//! The pages for people as a browser gets them: their headers, languages, files, plain form and sign-in.

mod form;
mod served;
mod session;

//! Migrations are compiled into the program, of which cargo would not know: a changed one is to be compiled in again.

fn main() {
    println!("cargo::rerun-if-changed=sql/migrations");
}

//! The client against a key distribution centre that answers as it is told.

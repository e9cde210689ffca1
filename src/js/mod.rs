//! The bindings of the npm package.

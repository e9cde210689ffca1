/// How a log is kept and how safe it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// `memory`, `indexed_db`, `remote` or `postgres`.
    pub backend: &'static str,
    /// What an append reaches.
    pub durability: &'static str,
    /// Whether the browser promised not to evict the storage; none where it cannot be known.
    pub persisted: Option<bool>,
    /// Bytes that the origin uses and may use; none where they cannot be known.
    pub quota: Option<(u64, u64)>,
    /// `none`, `low` or `high`: whether the browser may remove the log by itself.
    pub eviction_risk: &'static str,
    /// `open`, `lost` (opened again at the next use), `read_only`, `superseded` or `closed`.
    pub handle: &'static str,
    /// Whether the log is a mirror or an unfinished restore, which takes imports only; none where it could not be asked.
    pub is_mirror: Option<bool>,
    /// The code of the last storage error; none if there was none.
    pub last_error: Option<&'static str>,
}

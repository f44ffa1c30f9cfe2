//! Inner loops compiled twice: for any processor and for its widest vectors.

/// Runs `work` compiled for the widest vectors of this processor. The closure must be marked `#[inline(always)]` and
/// must not consume what it captures: only then does its code stand where wide vectors are allowed.
#[inline(always)]
pub(super) fn vectored<R>(work: impl FnMut() -> R) -> R {
    struct Work<F>(F);
    impl<R, F: FnMut() -> R> pulp::WithSimd for Work<F> {
        type Output = R;

        #[inline(always)]
        fn with_simd<S: pulp::Simd>(mut self, _: S) -> R {
            (self.0)()
        }
    }
    pulp::Arch::new().dispatch(Work(work))
}

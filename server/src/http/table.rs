//! The route table takes a handler only with a guard: first of its arguments, or right after the
//! application's state. So no route can be added that does not say, and settle, who may call it;
//! and the table can be read back, for the test that holds every route against every role.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::handler::Handler;
use axum::routing::{self, MethodRouter};

use crate::app::App;
use crate::auth::{Access, Guard};

/// The arguments of a handler that has a guard.
pub trait Guarded {
    /// Whom the guard lets through.
    const ACCESS: Access;
}

macro_rules! guarded {
    ($($argument:ident)*) => {
        impl<M, G: Guard, $($argument),*> Guarded for (M, G, $($argument,)*) {
            const ACCESS: Access = G::ACCESS;
        }
        impl<M, G: Guard, $($argument),*> Guarded for (M, State<Arc<App>>, G, $($argument,)*) {
            const ACCESS: Access = G::ACCESS;
        }
    };
}
guarded!();
guarded!(A);
guarded!(A B);
guarded!(A B C);
guarded!(A B C D);

/// A route as the table knows it.
pub struct Route {
    /// HTTP method.
    pub method: &'static str,
    /// Path, with the names of its parameters in braces.
    pub path: String,
    /// Who may call it.
    pub access: Access,
}

/// Routes about to be served.
#[derive(Default)]
pub struct Table {
    router: Router<Arc<App>>,
    routes: Vec<Route>,
    limit: Option<DefaultBodyLimit>,
}

impl Table {
    /// `GET`, and `HEAD` with it.
    pub fn get<H, T>(self, path: &str, handler: H) -> Table
    where
        H: Handler<T, Arc<App>>,
        T: Guarded + 'static,
    {
        self.route("GET", path, routing::get(handler), T::ACCESS)
    }

    /// `POST`.
    pub fn post<H, T>(self, path: &str, handler: H) -> Table
    where
        H: Handler<T, Arc<App>>,
        T: Guarded + 'static,
    {
        self.route("POST", path, routing::post(handler), T::ACCESS)
    }

    /// `PUT`.
    pub fn put<H, T>(self, path: &str, handler: H) -> Table
    where
        H: Handler<T, Arc<App>>,
        T: Guarded + 'static,
    {
        self.route("PUT", path, routing::put(handler), T::ACCESS)
    }

    /// `PATCH`.
    pub fn patch<H, T>(self, path: &str, handler: H) -> Table
    where
        H: Handler<T, Arc<App>>,
        T: Guarded + 'static,
    {
        self.route("PATCH", path, routing::patch(handler), T::ACCESS)
    }

    /// `DELETE`.
    pub fn delete<H, T>(self, path: &str, handler: H) -> Table
    where
        H: Handler<T, Arc<App>>,
        T: Guarded + 'static,
    {
        self.route("DELETE", path, routing::delete(handler), T::ACCESS)
    }

    /// The next route takes bodies up to `limit`.
    #[must_use]
    pub fn up_to(self, limit: DefaultBodyLimit) -> Table {
        Table { limit: Some(limit), ..self }
    }

    fn route(
        mut self,
        method: &'static str,
        path: &str,
        handler: MethodRouter<Arc<App>>,
        access: Access,
    ) -> Table {
        let handler = match self.limit.take() {
            Some(limit) => handler.layer(limit),
            None => handler,
        };
        self.router = self.router.route(path, handler);
        self.routes.push(Route { method, path: path.to_owned(), access });
        self
    }

    /// The router, and the routes under `prefix`.
    pub fn split(self, prefix: &str) -> (Router<Arc<App>>, Vec<Route>) {
        let under = |route: Route| Route { path: format!("{prefix}{}", route.path), ..route };
        (self.router, self.routes.into_iter().map(under).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::marker::PhantomData;

    use super::*;
    use crate::auth::{Anyone, Phone, Scope, can};

    struct Is<T>(PhantomData<T>);

    trait Unguarded {
        fn is_guarded(&self) -> bool {
            false
        }
    }
    impl<T> Unguarded for &Is<T> {}

    impl<T: Guarded> Is<T> {
        fn is_guarded(&self) -> bool {
            true
        }
    }

    /// What the compiler is asked when a handler is registered.
    macro_rules! guarded {
        ($($argument:ty),*) => {
            (&Is::<((), $($argument,)*)>(PhantomData)).is_guarded()
        };
    }

    #[test]
    fn a_handler_without_a_guard_is_not_one_for_the_table() {
        assert!(guarded!(Scope<can::Read>));
        assert!(guarded!(State<Arc<App>>, Phone, String));
        assert!(guarded!(Anyone, String));
        assert!(!guarded!());
        assert!(!guarded!(State<Arc<App>>));
        assert!(!guarded!(State<Arc<App>>, String));
        assert!(!guarded!(String, Scope<can::Read>));
    }
}

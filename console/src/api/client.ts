import { QueryCache, QueryClient } from "@tanstack/react-query";
import { appQuery } from "./queries.ts";
import { ProblemError } from "./request.ts";

const retriesMax = 2;

/** One cache for the whole console. A refused cookie anywhere re-asks for the app, which shows the sign-in page. */
export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      const signedOut = error instanceof ProblemError && error.problem.status === 401;
      if (signedOut && query.queryKey[0] !== "app") void queryClient.invalidateQueries(appQuery);
    },
  }),
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < retriesMax && !isRefusal(error),
      retryDelay: 500,
      networkMode: "always",
    },
    mutations: { networkMode: "always" },
  },
});

function isRefusal(error: Error): boolean {
  return error instanceof ProblemError && error.problem.status >= 400 && error.problem.status < 500;
}

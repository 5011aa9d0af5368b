--
-- PostgreSQL database dump
--

\restrict K4Afqa12CMhKRqU4yUFRqVK9F3FpU47uS52vS1sjr6zDLwNeRHdetWYdKy7fmsn

-- Dumped from database version 15.20 (Debian 15.20-0+deb12u1)
-- Dumped by pg_dump version 15.20 (Debian 15.20-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: mood; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.mood AS ENUM (
    'so;so',
    'it''s fine'
);


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: foo$bar$baz; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public."foo$bar$baz" (
    a integer
);


--
-- Name: odd'table;; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public."odd'table;" (
    a text,
    b bytea,
    c integer[]
);


--
-- Name: clear(); Type: PROCEDURE; Schema: public; Owner: -
--

CREATE PROCEDURE public.clear()
    LANGUAGE sql
    BEGIN ATOMIC
 DELETE FROM public."foo$bar$baz";
 DELETE FROM public."odd'table;"
   WHERE ("odd'table;".a = ';'::text);
END;


--
-- Name: standard(integer); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.standard(a integer) RETURNS text
    LANGUAGE sql
    BEGIN ATOMIC
 SELECT 1;
 SELECT
         CASE
             WHEN (a > 1) THEN 'many;'::text
             ELSE 'one'::text
         END AS "case";
END;


--
-- Name: touch(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.touch() RETURNS trigger
    LANGUAGE plpgsql
    AS $_$
DECLARE q text := $q$it's; a query$q$;
BEGIN
  -- don't; stop
  IF NEW.size IS NULL THEN NEW.size := 1; END IF;
  EXECUTE 'SELECT $$;$$';
  RETURN NEW;
END;
$_$;


--
-- Name: plain; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.plain (
    id integer NOT NULL,
    name text DEFAULT 'it''s; a "name"\'::text,
    mood public.mood,
    "odd;""col" text,
    size bigint,
    CONSTRAINT plain_size_check CHECK ((size > 5))
);


--
-- Name: TABLE plain; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.plain IS 'a \ backslash; -- and /* more';


--
-- Name: m; Type: MATERIALIZED VIEW; Schema: public; Owner: -
--

CREATE MATERIALIZED VIEW public.m AS
 SELECT count(*) AS n
   FROM public.plain
  WITH NO DATA;


--
-- Name: plain_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.plain_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: plain_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.plain_id_seq OWNED BY public.plain.id;


--
-- Name: v;1; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public."v;1" AS
 SELECT plain.id,
        CASE
            WHEN (plain.size > 2) THEN 'big;'::text
            ELSE 'small'::text
        END AS kind
   FROM public.plain;


--
-- Name: plain id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.plain ALTER COLUMN id SET DEFAULT nextval('public.plain_id_seq'::regclass);


--
-- Data for Name: foo$bar$baz; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public."foo$bar$baz" (a) FROM stdin;
1
4
\.


--
-- Data for Name: odd'table;; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public."odd'table;" (a, b, c) FROM stdin;
it's; $1	\\x00ff	{1,2}
 $$;$$ 	\\x3b	{{1,2},{3,4}}
dat;a	\N	\N
\.


--
-- Data for Name: plain; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.plain (id, name, mood, "odd;""col", size) FROM stdin;
1	a;b	so;so	'	10
2	it's	it's fine	"	\N
3	back\\slash	\N	$$	30
4	line\nbreak\ttab	\N	\\.	40
5	-- no comment; /*	\N	COPY x FROM stdin;	50
\.


--
-- Name: plain_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.plain_id_seq', 1, false);


--
-- Name: plain plain_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.plain
    ADD CONSTRAINT plain_pkey PRIMARY KEY (id);


--
-- Name: odd;index; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX "odd;index" ON public.plain USING btree (name) WHERE (name <> ';'::text);


--
-- Name: foo$bar$baz both_tables; Type: RULE; Schema: public; Owner: -
--

CREATE RULE both_tables AS
    ON INSERT TO public."foo$bar$baz" DO ( SELECT 1 AS "?column?";
 SELECT ';'::text AS ");";
);


--
-- Name: plain plain_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER plain_insert BEFORE INSERT OR UPDATE OF name, size ON public.plain FOR EACH ROW EXECUTE FUNCTION public.touch();


--
-- Name: m; Type: MATERIALIZED VIEW DATA; Schema: public; Owner: -
--

REFRESH MATERIALIZED VIEW public.m;


--
-- PostgreSQL database dump complete
--

\unrestrict K4Afqa12CMhKRqU4yUFRqVK9F3FpU47uS52vS1sjr6zDLwNeRHdetWYdKy7fmsn


using Xunit;

namespace TlsProxy.Testing.Cases;

/// <summary>The Host field.</summary>
public static class HostCases
{
    private const string Host = "RFC 9110 7.2, Host";

    public static TheoryData<string, string> Accepted => new()
    {
        { Host, "GET / HTTP/1.1\r\nhOsT:a.example:8443\r\n\r\n" },
        { Host, "GET / HTTP/1.1\r\nHost:\t127.0.0.1 \r\n\r\n" },
        { Host, "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n" },
        { Host, "GET / HTTP/1.1\r\nHost: [2001:db8::192.0.2.1]\r\n\r\n" },
        { Host, "GET / HTTP/1.1\r\nHost: a_b.c-d.e.\r\n\r\n" },
        { Host, "GET / HTTP/1.1\r\nHost: a:65535\r\n\r\n" },
        { "RFC 3986 3.2.3, empty port", "GET / HTTP/1.1\r\nHost: a:\r\n\r\n" },
        { "RFC 9112 3.2, HTTP/1.0", "GET / HTTP/1.0\r\nX: y\r\n\r\n" },
    };

    public static TheoryData<string, string, int, string> Refused => new()
    {
        { "RFC 9112 3.2, missing", "GET / HTTP/1.1\r\n\r\n", 400, "MissingHost" },
        { "RFC 9112 3.2, missing", "GET / HTTP/1.1\r\nHosts: a\r\nX-Host: a\r\n\r\n", 400, "MissingHost" },
        { "RFC 9112 3.2, repeated", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400, "RepeatedHost" },
        { "RFC 9112 3.2, repeated", "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\nhost: b\r\n\r\n", 400, "RepeatedHost" },
        { "RFC 9112 3.2, repeated", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400, "RepeatedHost" },
        { "RFC 9112 3.2, repeated", "GET http://a/ HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400, "RepeatedHost" },
        { Host, "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400, "BadHost" },
        { Host, "GET / HTTP/1.1\r\nHost: \t \r\n\r\n", 400, "BadHost" },
        { Host, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "BadHost" },
        { Host, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, "BadHost" },
        { Host, "GET / HTTP/1.1\r\nHost: a?b\r\n\r\n", 400, "BadHost" },
        { Host, "GET / HTTP/1.1\r\nHost: a#b\r\n\r\n", 400, "BadHost" },
        { Host, "GET / HTTP/1.1\r\nHost: http://a\r\n\r\n", 400, "BadHost" },
        { "RFC 9110 4.2.4, userinfo", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400, "BadHost" },
        { "RFC 9110 4.2.4, userinfo", "GET / HTTP/1.1\r\nHost: u:p@a\r\n\r\n", 400, "BadHost" },
        { Host, "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", 400, "BadHost" },
        { Host, "GET / HTTP/1.1\r\nHost: a, a\r\n\r\n", 400, "BadHost" },
        { Host, "GET / HTTP/1.1\r\nHost: a%2eb\r\n\r\n", 400, "BadHost" },
        { Host, "GET / HTTP/1.1\r\nHost: \u00e4\r\n\r\n", 400, "BadHost" },
        { Host, "GET / HTTP/1.1\r\nHost: a\\b\r\n\r\n", 400, "BadHost" },
        { Host, "GET / HTTP/1.1\r\nHost: \"a\"\r\n\r\n", 400, "BadHost" },
        { "RFC 3986 3.2.3, port", "GET / HTTP/1.1\r\nHost: a:x\r\n\r\n", 400, "BadHost" },
        { "RFC 3986 3.2.3, port", "GET / HTTP/1.1\r\nHost: a:-1\r\n\r\n", 400, "BadHost" },
        { "RFC 3986 3.2.3, port", "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n", 400, "BadHost" },
        { "RFC 3986 3.2.3, port", "GET / HTTP/1.1\r\nHost: a:4294967376\r\n\r\n", 400, "BadHost" },
        { "RFC 3986 3.2.3, port", "GET / HTTP/1.1\r\nHost: a:80:80\r\n\r\n", 400, "BadHost" },
        { "RFC 3986 3.2.3, port", "GET / HTTP/1.1\r\nHost: :80\r\n\r\n", 400, "BadHost" },
        { "RFC 3986 3.2.2, address", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400, "BadHost" },
        { "RFC 3986 3.2.2, address", "GET / HTTP/1.1\r\nHost: []\r\n\r\n", 400, "BadHost" },
        { "RFC 3986 3.2.2, address", "GET / HTTP/1.1\r\nHost: [127.0.0.1]\r\n\r\n", 400, "BadHost" },
        { "RFC 3986 3.2.2, address", "GET / HTTP/1.1\r\nHost: [::1%25eth0]\r\n\r\n", 400, "BadHost" },
        { "RFC 3986 3.2.2, address", "GET / HTTP/1.1\r\nHost: [::1]x\r\n\r\n", 400, "BadHost" },
        { "RFC 3986 3.2.2, address", "GET / HTTP/1.1\r\nHost: ::1\r\n\r\n", 400, "BadHost" },
    };
}

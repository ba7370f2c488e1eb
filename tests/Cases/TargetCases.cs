using Xunit;

namespace TlsProxy.Testing.Cases;

/// <summary>The four forms of a request target, and what a path may hold.</summary>
public static class TargetCases
{
    private const string Rest = " HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Origin = "RFC 9112 3.2.1, origin-form";
    private const string Absolute = "RFC 9112 3.2.2, absolute-form";
    private const string Authority = "RFC 9112 3.2.3, authority-form";
    private const string Asterisk = "RFC 9112 3.2.4, asterisk-form";
    private const string Encoding = "RFC 3986 2.1, percent-encoding";
    private const string Dots = "RFC 3986 5.2.4, dot segments";

    public static TheoryData<string, string> Accepted => new()
    {
        { Origin, "GET /object/x?y=%41&z" + Rest },
        { Origin, "GET /a?b?c/../../.." + Rest },
        { Origin, "GET /!$&'()*+,-.;=:@_~" + Rest },
        { Origin, "GET //a" + Rest },
        { "RFC 9112 3.2, as browsers send it", "GET /a|b[c]{d}^`?e|f[g]{h}^`\\i" + Rest },
        { Absolute, "GET http://a/x HTTP/1.1\r\nHost: a\r\n\r\n" },
        { Absolute, "GET http://a/x HTTP/1.0\r\n\r\n" },
        { Absolute, "GET http://A:1 HTTP/1.1\r\nHost: a:1\r\n\r\n" },
        { Absolute, "GET HTTP://a?q HTTP/1.1\r\nHost: a\r\n\r\n" },
        { Absolute, "GET http://[::1]/x HTTP/1.1\r\nHost: [::1]\r\n\r\n" },
        { Absolute, "OPTIONS http://a HTTP/1.1\r\nHost: a\r\n\r\n" },
        { Asterisk, "OPTIONS *" + Rest },
        { Encoding, "GET /%2F%5c%20%e4%7E" + Rest },
        { Encoding, "GET /%252e%252e/" + Rest },
        { Dots, "GET /a/../b" + Rest },
        { Dots, "GET /a/./b/.." + Rest },
        { Dots, "GET /..a/...//.b" + Rest },
        { Dots, "GET /a%2fb/.." + Rest },
        { Dots, "GET /a/b%2f..%2f.." + Rest },
    };

    public static TheoryData<string, string, int, string> Refused => new()
    {
        { Origin, "GET a" + Rest, 400, "BadTarget" },
        { Origin, "GET ?a" + Rest, 400, "BadTarget" },
        { Origin, "GET \\a" + Rest, 400, "BadTarget" },
        { Origin, "GET /#" + Rest, 400, "BadTarget" },
        { Origin, "GET /a?b#c" + Rest, 400, "BadTarget" },
        { Origin, "GET /\\a" + Rest, 400, "BadTarget" },
        { Origin, "GET /<a>" + Rest, 400, "BadTarget" },
        { Origin, "GET /?\"a\"" + Rest, 400, "BadTarget" },
        { Origin, "GET /\u00e9" + Rest, 400, "BadTarget" },
        { Origin, "GET /?\u00c0\u00af" + Rest, 400, "BadTarget" },
        { Origin, "GET /\u007f" + Rest, 400, "BadTarget" },
        { Origin, "GET /\0" + Rest, 400, "BadTarget" },
        { Origin, "GET /a\u0001b" + Rest, 400, "BadTarget" },
        { Absolute, "GET ftp://a/" + Rest, 400, "BadTarget" },
        { Absolute, "GET http:/a" + Rest, 400, "BadTarget" },
        { Absolute, "GET http:///a" + Rest, 400, "BadTarget" },
        { Absolute, "GET http://" + Rest, 400, "BadTarget" },
        { Absolute, "GET //u@a/x http://b" + Rest, 400, "BadRequestLine" },
        { Absolute, "GET http://u@a/" + Rest, 400, "BadTarget" },
        { Absolute, "GET http://u:p@a/" + Rest, 400, "BadTarget" },
        { Absolute, "GET http://a#b" + Rest, 400, "BadTarget" },
        { Absolute, "GET http://a/#b" + Rest, 400, "BadTarget" },
        { Absolute, "GET http://a:99999/" + Rest, 400, "BadTarget" },
        { Absolute, "GET http://a\\b/" + Rest, 400, "BadTarget" },
        { Absolute, "GET http://b/" + Rest, 400, "HostMismatch" },
        { Absolute, "GET http://a:443/" + Rest, 400, "HostMismatch" },
        { Absolute, "GET https://a:80/" + Rest, 400, "HostMismatch" },
        { Absolute, "GET http://a:8080/" + Rest, 400, "HostMismatch" },
        { Absolute, "GET http://a/ HTTP/1.1\r\nHost: a:443\r\n\r\n", 400, "HostMismatch" },
        { Absolute, "GET http://a/ HTTP/1.1\r\nHost: a.\r\n\r\n", 400, "HostMismatch" },
        { Absolute, "GET http://a/ HTTP/1.1\r\n\r\n", 400, "MissingHost" },
        { Absolute, "GET http://a/.." + Rest, 400, "TargetClimbsAboveRoot" },
        { Authority, "GET a:80" + Rest, 400, "BadTarget" },
        { Authority, "OPTIONS a:80" + Rest, 400, "BadTarget" },
        { Asterisk, "GET *" + Rest, 400, "BadTarget" },
        { Asterisk, "POST *" + Rest, 400, "BadTarget" },
        { Asterisk, "OPTIONS **" + Rest, 400, "BadTarget" },
        { Encoding, "GET /%zz" + Rest, 400, "BadTarget" },
        { Encoding, "GET /%0" + Rest, 400, "BadTarget" },
        { Encoding, "GET /%" + Rest, 400, "BadTarget" },
        { Encoding, "GET /?%4" + Rest, 400, "BadTarget" },
        { Encoding, "GET /%u0041" + Rest, 400, "BadTarget" },
        { Encoding, "GET /%00" + Rest, 400, "BadTarget" },
        { Encoding, "GET /a?b=%00" + Rest, 400, "BadTarget" },
        { Dots, "GET /.." + Rest, 400, "TargetClimbsAboveRoot" },
        { Dots, "GET /../a" + Rest, 400, "TargetClimbsAboveRoot" },
        { Dots, "GET /a/../../b" + Rest, 400, "TargetClimbsAboveRoot" },
        { Dots, "GET /./.." + Rest, 400, "TargetClimbsAboveRoot" },
        { Dots, "GET /a/%2e%2E/../b" + Rest, 400, "TargetClimbsAboveRoot" },
        { Dots, "GET /.%2e/a" + Rest, 400, "TargetClimbsAboveRoot" },
        { "RFC 3986 5.2.4, empty segments merged", "GET //../a" + Rest, 400, "TargetClimbsAboveRoot" },
        { "RFC 3986 5.2.4, encoded slashes decoded", "GET /..%2fa" + Rest, 400, "TargetClimbsAboveRoot" },
        { "RFC 3986 5.2.4, encoded slashes decoded", "GET /a%2f..%2F%2e%2e%5ca" + Rest, 400, "TargetClimbsAboveRoot" },
        { "RFC 3986 5.2.4, encoded slashes kept", "GET /a%2fb/../.." + Rest, 400, "TargetClimbsAboveRoot" },
    };
}

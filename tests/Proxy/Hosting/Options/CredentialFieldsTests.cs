using System.CommandLine;
using System.Text;
using TlsProxy.Proxy.Cache.Rules;
using TlsProxy.Proxy.Hosting.Options;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Workers;
using TlsProxy.Testing;

namespace TlsProxy.Proxy.Tests.Hosting.Options;

public sealed class CredentialFieldsTests
{
    private static readonly string[] Telling =
    [
        "Access-Token", "Api-Key", "API-Key", "Apikey", "ApiKey", "Auth-Token", "Authorization", "CB-ACCESS-KEY",
        "Cf-Access-Jwt-Assertion", "Cf-Access-Token", "Circle-Token", "DD-API-KEY", "DD-APPLICATION-KEY", "DPoP", "Jenkins-Crumb",
        "Job-Token", "Kong-Admin-Token", "Ocp-Apim-Subscription-Key", "OK-ACCESS-KEY", "Private-Token", "Remote-Groups", "Remote-User",
        "Session-Id", "Signature", "Signature-Input", "SSL-Client-Cert", "Token", "X-Access-Key", "X-Access-Key-Id", "X-Access-Token",
        "X-Algolia-API-Key", "X-Amz-Security-Token", "X-Amz-Signature", "X-Amzn-Oidc-Accesstoken", "X-Amzn-Oidc-Data", "X-Api-Key",
        "X-Api-Secret", "X-Api-Token", "X-ApiKey", "X-App-Key", "X-App-Token", "X-ARR-ClientCert", "X-Auth", "X-Auth-Email", "X-Auth-Key",
        "X-Auth-Password", "X-Auth-Request-Access-Token", "X-Auth-Request-Email", "X-Auth-Request-User", "X-Auth-Token",
        "X-Authenticated-User", "X-Authentication", "X-Authentik-Username", "X-Authorization", "X-Client-Cert", "X-Client-DN",
        "X-Client-Secret", "X-Client-Token", "X-Consul-Token", "X-Consumer-Username", "X-Credential-Identifier", "X-CSRF-Token",
        "X-ELS-APIKey", "X-Emby-Authorization", "X-Emby-Token", "X-Figma-Token", "X-Forwarded-Access-Token", "X-Forwarded-Client-Cert",
        "X-Forwarded-Email", "X-Forwarded-Groups", "X-Forwarded-Preferred-Username", "X-Forwarded-User", "X-Functions-Key",
        "X-GitHub-OTP", "X-Goog-Api-Key", "X-Goog-Authenticated-User-Email", "X-Goog-Iap-JWT-Assertion", "X-Goog-User-Project",
        "X-Hasura-Admin-Secret", "X-Hasura-User-Id", "X-Honeycomb-Team", "X-Hub-Signature", "X-Id-Token", "X-Influx-Token", "X-JWT",
        "X-JWT-Assertion", "X-MBX-APIKEY", "X-Meili-API-Key", "X-Ms-Client-Principal", "X-Ms-Token-Aad-Access-Token", "X-Nomad-Token",
        "X-Parse-Master-Key", "X-Parse-REST-API-Key", "X-Parse-Session-Token", "X-Plex-Token", "X-Pomerium-Jwt-Assertion",
        "X-Postmark-Server-Token", "X-RapidAPI-Key", "X-Redmine-API-Key", "X-Refresh-Token", "X-Remote-User", "X-Secret", "X-Secret-Key",
        "X-Session", "X-Session-Id", "X-Session-Token", "X-Shopify-Access-Token", "X-Shopify-Storefront-Access-Token",
        "X-SSL-Client-Cert", "X-SSL-Client-Verify", "X-Subscription-Token", "X-Token", "X-User", "X-User-Id", "X-User-Token",
        "X-Userinfo", "X-Vault-Token", "X-Vouch-User", "X-WebAuth-User", "X-XSRF-Token", "X-Zumo-Auth", "x_api_key",
        "Auth", "Bearer", "Cookie2", "Impersonate-User", "iPlanetDirectoryPro", "JWT", "MSISDN", "OTP", "Passphrase", "SessionId",
        "SM-User", "SMUSER", "X-Account-Id", "X-Appwrite-Session", "X-Email", "X-Hub-Signature-256", "X-Identity", "X-MSISDN", "X-Sid",
        "X-SSL-Cert", "X-Ticket",
    ];

    // What browsers, players, crawlers' networks and the like send with each request.
    private static readonly string[] Ordinary =
    [
        "Host", "Accept", "Accept-Charset", "Accept-Encoding", "Accept-Language", "Access-Control-Request-Headers",
        "Access-Control-Request-Method", "Apollo-Require-Preflight", "B3", "Baggage", "Cache-Control", "CDN-Loop", "CF-Connecting-IP",
        "CF-IPCountry", "CF-Ray", "CF-Visitor", "CloudFront-Viewer-Country", "CMCD-Object", "CMCD-Request", "CMCD-Session", "CMCD-Status",
        "Connection", "Content-Type", "DNT", "Downlink", "DPR", "Early-Data", "ECT", "Fastly-Client-IP", "Fastly-FF", "Forwarded", "From",
        "GetContentFeatures.dlna.org", "HX-Current-URL", "HX-Request", "Icy-MetaData", "If-Modified-Since", "If-None-Match",
        "Max-Forwards", "Newrelic", "Next-Router-State-Tree", "Origin", "Ping-From", "Pragma", "Priority", "Purpose", "Range", "Referer",
        "RSC", "RTT", "Save-Data", "Sec-CH-UA", "Sec-CH-UA-Mobile", "Sec-CH-UA-Platform", "Sec-Fetch-Dest", "Sec-Fetch-Mode",
        "Sec-Fetch-Site", "Sec-Fetch-User", "Sec-GPC", "Sec-Purpose", "Sentry-Trace", "Service-Worker",
        "Service-Worker-Navigation-Preload", "TE", "Traceparent", "Tracestate", "True-Client-IP", "Turbo-Frame", "Uber-Trace-Id",
        "Upgrade-Insecure-Requests", "User-Agent", "Via", "Viewport-Width", "Width", "X-Akamai-G2O-Auth-Data", "X-Amz-Cf-Id",
        "X-Amzn-Trace-Id", "X-Apollo-Operation-Name", "X-ATT-DeviceId", "X-Azure-FDID", "X-Azure-Ref", "X-B3-ParentSpanId",
        "X-B3-TraceId", "X-Client-Data", "X-Client-IP", "X-Cloud-Trace-Context", "X-Correlation-Id", "X-Datadog-Trace-Id",
        "X-Envoy-Attempt-Count", "X-Envoy-Expected-Rq-Timeout-Ms", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto",
        "X-Grpc-Web", "X-Inertia", "X-Inertia-Version", "X-Livewire", "X-Nextjs-Data", "X-Original-URL", "X-PJAX",
        "X-Playback-Session-Id", "X-Purpose", "X-Real-IP", "X-Remote-Addr", "X-Request-Id", "X-Request-Start", "X-Requested-With",
        "X-Timer", "X-UIDH", "X-User-Agent", "X-Varnish", "X-Wap-Profile",
    ];

    [Fact]
    public void The_usual_names_are_credentials_by_default() =>
        Assert.All(Telling, name => Assert.True(new FieldNames(CredentialFields.Names).Contains(Encoding.ASCII.GetBytes(name)), name));

    [Fact]
    public void What_programs_send_with_each_request_is_none() =>
        Assert.All(Ordinary, name => Assert.False(new FieldNames(CredentialFields.Names).Contains(Encoding.ASCII.GetBytes(name)), name));

    [Fact]
    public void A_name_is_sought_without_allocating()
    {
        var names = new FieldNames(CredentialFields.Names);
        var request = Messages.Request("/", "GET", [.. Ordinary.Where(name => name != "Host").Take(60).Select(name => name + ": 1")]);
        Assert.False(names.IsAnyIn(request.Fields));
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (var i = 0; i < 100; i++)
                names.IsAnyIn(request.Fields);
        }));
    }

    [Fact]
    public void The_documentation_lists_them()
    {
        var documentation = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "../../../../../docs/caching.md"));
        Assert.All(CredentialFields.Names, name => Assert.Contains($"`{name}`", documentation, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "X-Api-Key", true)]
    [InlineData("", "X_Auth_Token", true)]
    [InlineData("", "X-Requested-With", false)]
    [InlineData("--credential-fields=X-Tenant,X-Key", "x-key", true)]
    [InlineData("--credential-fields=X-Tenant --credential-fields=X-Key", "X-Tenant", true)]
    [InlineData("--credential-fields=X-Tenant", "X-Api-Key", false)]
    [InlineData("--credential-fields=X-Tenant*,*-Id", "x-tenant-name", true)]
    [InlineData("--credential-fields=X-Tenant*,*-Id", "X_Shop_ID", true)]
    [InlineData("--credential-fields=X-*-Id", "X-Shop-Name", false)]
    [InlineData("--credential-fields=none", "X-Api-Key", false)]
    public void Those_given_stand_in_place_of_the_usual_ones(string arguments, string field, bool counts) =>
        Assert.Equal(counts, Bind(arguments).Policy.Lifetimes.Credentials.IsAnyIn(Messages.Fields(field, "1")));

    [Fact]
    public void What_cannot_be_a_name_ends_the_start_with_one_sentence()
    {
        var error = Assert.Throws<StartException>(() => Bind("--credential-fields=X-Key,a:b")).Message;
        Assert.StartsWith("--credential-fields: 'a:b' can't be the name of a field", error, StringComparison.Ordinal);
    }

    private static CacheOptions Bind(string arguments)
    {
        var group = new CacheOptionGroup();
        var command = new RootCommand();
        group.AddTo(command);
        return group.Bind(command.Parse(arguments), PathRules.None);
    }
}

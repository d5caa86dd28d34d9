// Business rule on Incident [incident]: When = async, Insert and Update.
// Two system properties hold the address and the token (of type password): manifesto.base, manifesto.token.
(function executeRule(current, previous) {
  function text(field) {
    return current.getDisplayValue(field) || null;
  }
  // ServiceNow keeps moments in UTC: “2026-03-02 08:00:00”.
  function moment(field) {
    var value = current.getValue(field);
    return value ? value.replace(' ', 'T') + 'Z' : null;
  }

  var incident = {
    vendor: text('assignment_group'), // or a field of your own that names the vendor
    service: text('business_service'),
    title: text('short_description'),
    opened_at: moment('opened_at'),
    resolved_at: moment('resolved_at'),
    closed_at: moment('closed_at'),
    updated_at: moment('sys_updated_on'),
    state: text('state'),
    priority: text('priority'),
    sla: current.getValue('made_sla') === '1',
    reopened: current.getValue('reopen_count') || null,
    handovers: current.getValue('reassignment_count') || null,
    problem: text('problem_id'),
    handled_by: text('resolved_by') || text('assigned_to'),
    configuration_item: text('cmdb_ci'),
    reading: { preset: 'servicenow', critical: ['1 - Critical'], unknown_services: 'leave_out' }
  };
  if (!incident.resolved_at && !incident.closed_at) {
    incident.sla = null; // not decided yet
  }

  var request = new sn_ws.RESTMessageV2();
  request.setHttpMethod('PUT');
  request.setEndpoint(
    gs.getProperty('manifesto.base') +
      '/api/v1/incident-sources/servicenow/incidents/' +
      encodeURIComponent(current.getValue('number'))
  );
  request.setRequestHeader('Authorization', 'Bearer ' + gs.getProperty('manifesto.token'));
  request.setRequestHeader('Content-Type', 'application/json');
  request.setRequestBody(JSON.stringify(incident));
  var response = request.execute();
  if (response.getStatusCode() !== 200) {
    gs.error('Customer Manifesto refused ' + current.getValue('number') + ': ' + response.getBody());
  }
})(current, previous);
